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
 * Whether a task that has failed is given up. With a retry duration both limits must be reached; so under unlimited
 * attempts the duration alone never ends a task, which is the letter of the proto and not checked on the service.
 */
export function isGivenUp(
  settings: RetrySettings,
  attempts: number,
  sinceFirstAttemptMs: number,
): boolean {
  if (settings.maxAttempts === UNLIMITED_ATTEMPTS || attempts < settings.maxAttempts) return false;
  return settings.maxRetryDurationMs === 0 || sinceFirstAttemptMs >= settings.maxRetryDurationMs;
}
