/**
 * The pause of a whole queue after its target said that it is overloaded. target.proto, HttpRequest, says that on 429
 * and 503 "Cloud Tasks will use a higher backoff rate" and that "the retry specified in the Retry-After HTTP response
 * header is considered", and no more. The rule chosen here, inferred:
 *
 * - Each 429 or 503 stops all dispatches of the queue for 1 s, 2 s, 4 s … up to 60 s; or for Retry-After where that is
 *   longer, up to 1 h.
 * - Answers to requests that were sent before the pause began belong to the same overload and do not lengthen the row;
 *   their Retry-After is still heard.
 * - Any 2xx to a request sent after the last pause began ends the row, and the next pause is 1 s again.
 *
 * Not imitated: the slow-down on a high rate of other errors, and the slow start of new and idle queues.
 */

const FIRST_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 60_000;
const MAX_RETRY_AFTER_MS = 3_600_000;

/** Whether a status makes the queue slow down. */
export function asksToSlowDown(status: number): boolean {
  return status === 429 || status === 503;
}

/**
 * Milliseconds that a Retry-After header asks for: seconds or a date (RFC 9110, 10.2.3); 0 for anything else. A date
 * is wall time of the target and is therefore compared with wall time.
 */
export function retryAfterMs(value: string | undefined, wallTime: number): number {
  if (value === undefined) return 0;
  const wait = /^\s*\d+\s*$/.test(value) ? Number(value) * 1000 : Date.parse(value) - wallTime;
  return Number.isNaN(wait) ? 0 : Math.min(Math.max(0, wait), MAX_RETRY_AFTER_MS);
}

export class SlowDown {
  #row = 0;
  #pausedAt = -Infinity;
  #until = -Infinity;

  /** The end of the pause; in the past where there is none. */
  get until(): number {
    return this.#until;
  }

  /** Notes a 429 or 503. */
  overloaded(now: number, sentAt: number, retryAfter: number): void {
    if (sentAt >= this.#until) {
      this.#row += 1;
      this.#pausedAt = now;
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** (this.#row - 1), MAX_PAUSE_MS);
      this.#until = Math.max(this.#until, now + pause);
    }
    this.#until = Math.max(this.#until, now + retryAfter);
  }

  /** Notes a 2xx. */
  succeeded(sentAt: number): void {
    if (sentAt >= this.#pausedAt) this.#row = 0;
  }
}
