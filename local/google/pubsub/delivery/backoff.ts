/** How long a message waits after a failed delivery. Pure. */
import * as limits from "../limits.ts";
import type { SubscriptionSettings } from "../subscriptions/subscription-settings.ts";

/**
 * Milliseconds until the next delivery, `failures` counting from 1. With a retry policy the delay is "exponential based on
 * provided minimum and maximum backoffs" (pubsub.proto, RetryPolicy; that it doubles is inferred); without one, messages
 * are "retried as soon as possible". An endpoint is left alone for the push backoff at least, which the service computes
 * for the whole subscription (cloud.google.com/pubsub/docs/push) and which is taken by the message here.
 */
export function retryDelayMs(
  { retry, push }: Pick<SubscriptionSettings, "retry" | "push">,
  failures: number,
): number {
  const { MIN_PUSH_BACKOFF_MS, MAX_PUSH_BACKOFF_MS } = limits;
  const policy = retry === undefined ? 0 : doubled(retry.minMs, failures, retry.maxMs);
  const endpoint =
    push === undefined ? 0 : doubled(MIN_PUSH_BACKOFF_MS, failures, MAX_PUSH_BACKOFF_MS);
  return Math.max(policy, endpoint);
}

function doubled(minMs: number, failures: number, maxMs: number): number {
  // Beyond, any delay but none is above every maximum.
  const doublings = Math.min(failures - 1, 32);
  return Math.min(maxMs, minMs * 2 ** doublings);
}
