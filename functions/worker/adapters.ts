import { createHash } from "node:crypto";
import * as v from "valibot";
import type { Objects } from "../runtime/objects.ts";
import type { Deliveries, Standing } from "./ports.ts";

/** What the object of a delivery says. */
const Note = v.variant("standing", [
  /** Until then nobody else begins. Milliseconds since the epoch. */
  v.object({ standing: v.literal("running"), until: v.number() }),
  v.object({ standing: v.literal("done") }),
]);
type Note = v.InferOutput<typeof Note>;

export interface DeliveriesOptions {
  /** Name of the worker: two workers may be given the same key. */
  readonly worker: string;
  /** How long work can take at most, in seconds. A claim that is older belongs to an instance that is gone. */
  readonly claimSeconds: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Deliveries remembered as objects, which every instance sees: whoever creates the object of a key (generation 0) does
 * its work. The bucket's lifecycle forgets them.
 */
export class DeliveriesInBucket implements Deliveries {
  readonly #objects: Objects;
  readonly #options: DeliveriesOptions;
  /** Keys claimed by this process → the generation of their objects. */
  readonly #claims = new Map<string, string>();

  constructor(objects: Objects, options: DeliveriesOptions) {
    this.#objects = objects;
    this.#options = options;
  }

  async begin(key: string): Promise<Standing> {
    const name = this.#nameOf(key);
    const created = await this.#objects.create(name, this.#claim());
    if (created !== undefined) return this.#claimed(key, created);
    const stored = await this.#objects.read(name);
    // It was abandoned just now; the next delivery begins.
    if (stored === undefined) return "running";
    const note = v.parse(Note, JSON.parse(stored.content));
    if (note.standing === "done") return "done";
    if (note.until > this.#options.now()) return "running";
    const replaced = await this.#objects.replace(name, stored.generation, this.#claim());
    return replaced === undefined ? "running" : this.#claimed(key, replaced);
  }

  async finish(key: string): Promise<void> {
    const done: Note = { standing: "done" };
    await this.#objects.replace(this.#nameOf(key), this.#generationOf(key), JSON.stringify(done));
    this.#claims.delete(key);
  }

  async abandon(key: string): Promise<void> {
    await this.#objects.remove(this.#nameOf(key), this.#generationOf(key));
    this.#claims.delete(key);
  }

  #claim(): string {
    const { now, claimSeconds } = this.#options;
    const note: Note = { standing: "running", until: now() + claimSeconds * 1000 };
    return JSON.stringify(note);
  }

  #claimed(key: string, generation: string): Standing {
    this.#claims.set(key, generation);
    return "new";
  }

  #generationOf(key: string): string {
    const generation = this.#claims.get(key);
    if (generation === undefined) throw new Error("This process did not begin that delivery.");
    return generation;
  }

  /** Hashed, since a key may hold what the name of an object may not. */
  #nameOf(key: string): string {
    const hash = createHash("sha256").update(key).digest("hex");
    return `deliveries/${this.#options.worker}/${hash}`;
  }
}
