import { commentLease } from "../messages/plan-names.ts";
import type { PlanOf } from "../messages/plan-names.ts";
import { Unavailable } from "./faults.ts";
import { holdLease } from "./held-lease.ts";
import type { HeldLease } from "./held-lease.ts";
import type { Ports } from "./ports.ts";

/** Writing takes seconds. The last goes on until even a writer that was killed has lost its lease. */
const WAITS_SECONDS = [0.5, 1, 2, 3, 5];
const LAST_WAIT_SECONDS = 8;

/**
 * Does something as the only one who writes a plan's comment; waits for another to finish, for a term of the lease at most,
 * and throws Unavailable after that.
 */
export async function holdingComment<T>(
  plan: PlanOf,
  ports: Ports,
  action: (lease: HeldLease) => Promise<T>,
): Promise<T> {
  const lease = await acquire(plan, ports);
  try {
    return await action(lease);
  } finally {
    await lease.release();
  }
}

async function acquire(plan: PlanOf, ports: Ports): Promise<HeldLease> {
  const [name, seconds] = [commentLease(plan), ports.settings.commentLeaseSeconds];
  let waited = 0;
  for (let times = 0; ; times += 1) {
    const lease = await holdLease(name, seconds, ports);
    if (lease !== undefined) return lease;
    if (waited >= seconds) throw new Unavailable("The comment is being written by another run.");
    const wait = WAITS_SECONDS[times] ?? LAST_WAIT_SECONDS;
    await ports.wait(wait);
    waited += wait;
  }
}
