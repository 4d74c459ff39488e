import { commentLease } from "../messages/plan-names.ts";
import type { PlanOf } from "../messages/plan-names.ts";
import { Unavailable } from "./faults.ts";
import { waitForLease } from "./held-lease.ts";
import type { HeldLease } from "./held-lease.ts";
import type { Ports } from "./ports.ts";

/**
 * Does something as the only one who writes a plan's comment. Writing takes seconds: another is waited for, until even one
 * that was killed has lost its lease; throws Unavailable after that.
 */
export async function holdingComment<T>(
  plan: PlanOf,
  ports: Ports,
  action: (lease: HeldLease) => Promise<T>,
): Promise<T> {
  const lease = await waitForLease(commentLease(plan), ports.settings.commentLeaseSeconds, ports);
  if (lease === undefined) throw new Unavailable("The comment is being written by another run.");
  try {
    return await action(lease);
  } finally {
    await lease.release();
  }
}
