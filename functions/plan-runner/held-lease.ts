import { awaitLease, keepLease } from "../runtime/kept-lease.ts";
import type { KeptLease, Term } from "../runtime/kept-lease.ts";
import { Unavailable } from "./faults.ts";
import type { Ports } from "./ports.ts";

/** A lease that renews itself, and without which nothing is written. */
export interface HeldLease {
  /** Aborted once it is lost. */
  readonly signal: AbortSignal;
  /** Throws Unavailable where it is known to be lost. */
  check(): void;
  /** Makes sure that it is held; throws Unavailable where it is not. */
  confirm(): Promise<void>;
  /** Lets go of it. One that cannot be let go of ends by itself. */
  release(): Promise<void>;
}

/** Takes a lease and keeps it until it is released or lost. Undefined while another holds it. */
export async function holdLease(
  name: string,
  seconds: number,
  ports: Ports,
): Promise<HeldLease | undefined> {
  return held(await keepLease(name, termOf(seconds, ports), ports));
}

/** The same, but waits for another to let go of it, for hardly longer than a term of it. */
export async function waitForLease(
  name: string,
  seconds: number,
  ports: Ports,
): Promise<HeldLease | undefined> {
  return held(await awaitLease(name, termOf(seconds, ports), ports));
}

function termOf(seconds: number, { settings }: Ports): Term {
  return { seconds, renewSeconds: settings.renewSeconds };
}

function held(lease: KeptLease | undefined): HeldLease | undefined {
  if (lease === undefined) return undefined;
  const check = (): void => {
    if (!lease.isHeld()) throw new Unavailable("The lease was lost.");
  };
  return {
    signal: lease.signal,
    check,
    confirm: async () => {
      check();
      await lease.renew();
      check();
    },
    release: () => lease.release(),
  };
}
