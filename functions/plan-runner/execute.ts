import type { PlanRequest } from "../messages/plan-request.ts";
import type { Checkout } from "./checkout.ts";
import type { Told } from "./comment/texts.ts";
import { Unavailable } from "./faults.ts";
import type { HeldLease } from "./held-lease.ts";
import { obstacleNow } from "./obstacles.ts";
import type { Obstacle } from "./obstacles.ts";
import type { Ports, PullRequest } from "./ports.ts";

interface Run {
  readonly pull: PullRequest;
  readonly checkout: Checkout;
  readonly lease: HeldLease;
  /** When the message was received, in milliseconds since the epoch. */
  readonly receivedAt: number;
  /** Aborted when nobody waits for the outcome any more. */
  readonly signal: AbortSignal;
}

/**
 * Has the executor plan. Stops it as soon as the pull request's head moves, the lease is lost or nobody waits any more.
 * @returns the plan's result, or why it is not wanted any more
 */
export async function execute(
  request: PlanRequest,
  { pull, checkout, lease, receivedAt, signal }: Run,
  ports: Ports,
): Promise<Told | Obstacle> {
  const { planSeconds, renewSeconds } = ports.settings;
  const budget = receivedAt + planSeconds * 1000 - ports.now();
  if (budget < 1) throw new Unavailable("No time was left for the plan.");
  const unwanted = new AbortController();
  let obstacle: Obstacle | undefined;
  const look = async (): Promise<void> => {
    // GitHub's being out of reach says nothing about the head.
    obstacle ??= await obstacleNow(request, pull).catch(() => undefined);
    if (obstacle !== undefined) unwanted.abort();
  };
  const stop = ports.every(renewSeconds, look);
  try {
    const { archive, tookMs } = checkout;
    const until = AbortSignal.any([unwanted.signal, lease.signal, signal]);
    const execution = { request, archive, budget_ms: Math.floor(budget) };
    // The head may have moved during the download.
    void look();
    const result = await ports.executor.execute(execution, until);
    const { timings } = result;
    return { ...result, timings: { ...timings, git_fetch_ms: tookMs + timings.git_fetch_ms } };
  } catch (error) {
    if (obstacle !== undefined) return obstacle;
    if (lease.signal.aborted) throw new Unavailable("The lease was lost while planning.");
    if (signal.aborted) throw new Unavailable("Nobody waits for this plan any more.");
    throw error;
  } finally {
    stop();
  }
}
