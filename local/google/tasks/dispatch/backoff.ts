/** When a failed task is tried again, and when it is given up. Pure. Source: queue.proto, RetryConfig. */
import { UNLIMITED_ATTEMPTS } from "../limits.ts";

export interface RetrySettings {
  /** Attempts in all, the first one included; -1 for any number. */
  readonly maxAttempts: number;
  /** Milliseconds from the first attempt; 0 for no limit. */
  readonly maxRetryDurationMs: number;
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly maxDoublings: number;
}

/**
 * Milliseconds between a failure and the next attempt, `retry` counting from 1: minBackoff, doubled maxDoublings times,
 * then growing by 2^maxDoublings × minBackoff each time, never above maxBackoff. The proto's example of 10 s, 300 s and
 * 3 doublings gives 10, 20, 40, 80, 160, 240, 300, 300 … The proto cuts both bounds to whole seconds, yet the service's
 * own default is 0.1 s: they are not cut here.
 */
export function backoffMs(settings: RetrySettings, retry: number): number {
  const { minBackoffMs, maxBackoffMs, maxDoublings } = settings;
  const doublings = Math.min(retry - 1, maxDoublings);
  const linear = Math.max(1, retry - maxDoublings);
  // 2 ** 1024 is Infinity, and Infinity × 0 is not a number.
  if (minBackoffMs === 0) return 0;
  return Math.min(maxBackoffMs, minBackoffMs * 2 ** doublings * linear);
}

/**
 * Whether a task that has failed is given up: when both limits are reached. A limit that is unlimited counts as reached,
 * unless both are: then the task is retried until the end of its life. Source: the reference of RetryConfig since 2025,
 * "Cloud Tasks stops retrying only when max_attempts and max_retry_duration are both satisfied […] If max_attempts is set
 * to -1 and max_retry_duration is set to 0, the task is retried until the maximum task retention limit is reached"
 * (docs.cloud.google.com/dotnet/docs/reference/Google.Cloud.Tasks.V2/latest/Google.Cloud.Tasks.V2.RetryConfig).
 */
export function isGivenUp(
  { maxAttempts, maxRetryDurationMs }: RetrySettings,
  attempts: number,
  sinceFirstAttemptMs: number,
): boolean {
  const isUnlimited = maxAttempts === UNLIMITED_ATTEMPTS;
  if (isUnlimited && maxRetryDurationMs === 0) return false;
  return (isUnlimited || attempts >= maxAttempts) && sinceFirstAttemptMs >= maxRetryDurationMs;
}
