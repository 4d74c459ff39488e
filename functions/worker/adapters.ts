import { createHash } from "node:crypto";
import { awaitLease } from "../runtime/kept-lease.ts";
import type { KeepingPorts } from "../runtime/kept-lease.ts";
import type { Deliveries } from "./ports.ts";

/** Of a term, so that a claim outlives two renewals that fail. */
const RENEWALS = 3;

interface DeliveriesOptions extends KeepingPorts {
  /** Name of the worker: two workers may be given the same key. */
  readonly worker: string;
  /** How long a claim holds without being renewed: what an instance that was killed costs the next attempt. */
  readonly claimSeconds: number;
}

/**
 * Deliveries remembered as objects, which every instance sees: a lease while a key is worked on, and one that stays once
 * that is done. The bucket's lifecycle forgets them.
 */
export function deliveriesInBucket({
  worker,
  claimSeconds,
  ...ports
}: DeliveriesOptions): Deliveries {
  const { objects } = ports;
  const term = { seconds: claimSeconds, renewSeconds: claimSeconds / RENEWALS };
  return {
    begin: async (key) => {
      const name = `deliveries/${worker}/${hashOf(key)}`;
      const lease = await awaitLease(`${name}/claim`, term, ports);
      const done = await objects.read(`${name}/done`).catch(async (error: unknown) => {
        await lease?.release();
        throw error;
      });
      if (done !== undefined) {
        await lease?.release();
        return "done";
      }
      if (lease === undefined) return "running";
      return {
        signal: lease.signal,
        finish: async () => {
          await objects.create(`${name}/done`, "{}");
        },
        release: () => lease.release(),
      };
    },
  };
}

/** A key may hold what the name of an object may not. */
function hashOf(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}
