import type { Timers } from "../runtime/timers.ts";

/** A delivery that is this process's to work on, and nobody else's. */
export interface Claim {
  /** Aborted once it is lost: another delivery may be worked on then. */
  readonly signal: AbortSignal;
  /** The work is done: no later delivery does it again. */
  finish(): Promise<void>;
  /** Lets go of it. Where nothing was finished, the next delivery begins anew. */
  release(): Promise<void>;
}

/** Remembers deliveries by idempotency key, so that a second one does nothing twice. */
export interface Deliveries {
  /** Claims a key. Where another has it, waits for that one to end, for seconds at most. */
  begin(key: string): Promise<Claim | "running" | "done">;
}

/** What the sample worker needs from the world. */
export interface Ports extends Pick<Timers, "wait"> {
  /** Name of this worker. */
  readonly name: string;
  readonly deliveries: Deliveries;
}
