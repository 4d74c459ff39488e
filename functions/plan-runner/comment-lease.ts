import { commentLease } from "../messages/plan-names.ts";
import type { PlanOf } from "../messages/plan-names.ts";
import { Unavailable } from "./faults.ts";
import { holdLease } from "./held-lease.ts";
import type { HeldLease } from "./held-lease.ts";
import { patiently } from "./patience.ts";
import type { Ports } from "./ports.ts";

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
  const lease = await patiently(seconds, ports, () => holdLease(name, seconds, ports));
  if (lease === undefined) throw new Unavailable("The comment is being written by another run.");
  return lease;
}
