import * as v from "valibot";
import type { Objects } from "./google/objects.ts";

const Holding = v.object({ holder: v.string(), expires_at: v.number() });

/** What a lease needs from the world. */
export interface LeasePorts {
  readonly objects: Objects;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Another one at every call. */
  readonly newId: () => string;
}

/** A lease that is held. */
export interface Lease {
  /** Holds it for another term. False where it was lost: somebody took it over after it had expired. */
  renew(): Promise<boolean>;
  /** Lets go of it, if it is still held. */
  release(): Promise<void>;
}

/**
 * Takes the lease of that name for `seconds`, or takes it over from a holder whose term is over. Undefined while another
 * holds it. Only one caller gets it, however many ask: every change has the object's generation as its precondition.
 */
export async function acquireLease(
  name: string,
  seconds: number,
  { objects, now, newId }: LeasePorts,
): Promise<Lease | undefined> {
  const holder = newId();
  const term = (): string => JSON.stringify({ holder, expires_at: now() + seconds * 1000 });
  // A request that is repeated after a lost answer meets its own work, and would take it for another's.
  const ours = async (): Promise<string | undefined> => {
    const held = await objects.read(name);
    return held !== undefined && holdingOf(held.content)?.holder === holder
      ? held.generation
      : undefined;
  };
  const take = async (): Promise<string | undefined> => {
    const created = await objects.create(name, term());
    if (created !== undefined) return created;
    const held = await objects.read(name);
    // Released between the two calls: whoever comes next may have it.
    if (held === undefined) return objects.create(name, term());
    const holding = holdingOf(held.content);
    if (holding?.holder === holder) return held.generation;
    const isOver = holding === undefined || holding.expires_at <= now();
    return isOver ? ((await objects.replace(name, held.generation, term())) ?? ours()) : undefined;
  };
  let generation = await take();
  if (generation === undefined) return undefined;
  return {
    renew: async () => {
      if (generation === undefined) return false;
      generation = (await objects.replace(name, generation, term())) ?? (await ours());
      return generation !== undefined;
    },
    release: async () => {
      if (generation === undefined) return;
      const last = generation;
      generation = undefined;
      await objects.remove(name, last);
    },
  };
}

/**
 * Whether somebody holds it now. Many who wait ask this first: attempts to take it are writes, and Storage takes about one
 * a second of one object (cloud.google.com/storage/quotas#objects).
 */
export async function isLeaseHeld(
  name: string,
  { objects, now }: Pick<LeasePorts, "objects" | "now">,
): Promise<boolean> {
  const held = await objects.read(name);
  const holding = held === undefined ? undefined : holdingOf(held.content);
  return holding !== undefined && holding.expires_at > now();
}

/** Undefined for what is no lease, which is nobody's. */
function holdingOf(content: string): v.InferOutput<typeof Holding> | undefined {
  try {
    const held = v.safeParse(Holding, JSON.parse(content));
    return held.success ? held.output : undefined;
  } catch {
    return undefined;
  }
}
