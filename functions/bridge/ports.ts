// What the producer and its control share: how the workflows service is spoken to, and how runs are asked for.
import type { BridgeRun } from "../messages/bridge-run.ts";
import type { Send } from "../runtime/http-client.ts";
import type { Timers } from "../runtime/timers.ts";

/** What speaking to a service needs from the world. */
export interface CallPorts extends Timers {
  readonly send: Send;
  /** An ID token of this role's account. It is kept until shortly before it expires. */
  readonly idToken: (audience: string) => Promise<string>;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Puts a run of the bridge on its queue. False where a task of that name is there, or was recently. */
export type AddRun = (run: BridgeRun, name: string) => Promise<boolean>;
