/**
 * The token bucket that spaces the dispatches of a queue (queue.proto, RateLimits.max_burst_size). Time is passed in.
 *
 * It keeps one number, the moment at which the bucket will be full again, instead of a level: so the wait that it
 * announces and the check it makes when that time has come are the same subtraction, and never differ by a rounding.
 */
export interface RateSettings {
  readonly maxDispatchesPerSecond: number;
  /** Tokens in a full bucket, at least 1. */
  readonly maxBurstSize: number;
}

/**
 * The burst size for a rate. The service "will pick the value of max_burst_size based on the value of
 * max_dispatches_per_second" and does not say how. Queues described in public show 100 for 500/s and 10 for 1/s:
 * inferred from these, a fifth of the rate, but at least 10.
 */
export function burstSizeOf(maxDispatchesPerSecond: number): number {
  return Math.max(10, Math.ceil(maxDispatchesPerSecond / 5));
}

export class TokenBucket {
  /** Times are kept relative to this one: added up since 1970 their rounding would let the rate drift. */
  readonly #origin: number;
  #intervalMs: number;
  #burst: number;
  #fullAt = 0;

  constructor(settings: RateSettings, now: number) {
    this.#origin = now;
    this.#intervalMs = 1000 / settings.maxDispatchesPerSecond;
    this.#burst = settings.maxBurstSize;
  }

  /** The earliest time at which a token can be taken; in the past where one is there. */
  availableAt(): number {
    return this.#origin + this.#fullAt - (this.#burst - 1) * this.#intervalMs;
  }

  /** Takes a token if there is one. */
  take(now: number): boolean {
    if (now < this.availableAt()) return false;
    this.#fullAt = Math.max(this.#fullAt, now - this.#origin) + this.#intervalMs;
    return true;
  }

  /** Changes rate and burst; tokens that are there stay, up to the new burst. */
  resize(settings: RateSettings, now: number): void {
    const elapsed = now - this.#origin;
    const missing = Math.max(0, this.#fullAt - elapsed) / this.#intervalMs;
    const tokens = Math.min(this.#burst - missing, settings.maxBurstSize);
    this.#intervalMs = 1000 / settings.maxDispatchesPerSecond;
    this.#burst = settings.maxBurstSize;
    this.#fullAt = elapsed + (this.#burst - tokens) * this.#intervalMs;
  }
}
