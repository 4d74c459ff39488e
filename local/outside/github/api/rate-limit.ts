/** The primary rate limit: docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api. */
import type { Clock } from "../../../clock.ts";
import type { Headers } from "../../../http/message.ts";
import { GitHubError } from "./errors.ts";
import type { Caller } from "./tokens.ts";

const HOUR_MS = 3_600_000;

interface Window {
  limit: number;
  used: number;
  /** Milliseconds since the epoch. */
  resetAt: number;
}

export class RateLimit {
  readonly #clock: Clock;
  readonly #perHour: number;
  readonly #windows = new Map<string, Window>();

  constructor(clock: Clock, perHour: number) {
    this.#clock = clock;
    this.#perHour = perHour;
  }

  /** Counts a request. Throws 403 when none is left. */
  spend(caller: Caller): void {
    const window = this.#windowOf(caller);
    if (window.used >= window.limit) {
      throw new GitHubError(403, `API rate limit exceeded for ${bucketOf(caller)}.`);
    }
    window.used++;
  }

  headers(caller: Caller): Headers {
    const { limit, used, resetAt } = this.#windowOf(caller);
    return [
      ["x-ratelimit-limit", String(limit)],
      ["x-ratelimit-remaining", String(limit - used)],
      ["x-ratelimit-reset", String(Math.ceil(resetAt / 1000))],
      ["x-ratelimit-used", String(used)],
      ["x-ratelimit-resource", "core"],
    ];
  }

  /** The answer of GET /rate_limit, as far as it concerns REST. */
  view(caller: Caller) {
    const { limit, used, resetAt } = this.#windowOf(caller);
    const core = { limit, used, remaining: limit - used, reset: Math.ceil(resetAt / 1000) };
    return { resources: { core }, rate: core };
  }

  /** Leaves an installation only so many requests for so many seconds. */
  leave(installationId: number, remaining: number, resetInSeconds: number): void {
    this.#windows.set(`installation ID ${installationId}`, {
      limit: this.#perHour,
      used: this.#perHour - remaining,
      resetAt: this.#clock.now() + resetInSeconds * 1000,
    });
  }

  #windowOf(caller: Caller): Window {
    const bucket = bucketOf(caller);
    const now = this.#clock.now();
    const known = this.#windows.get(bucket);
    if (known !== undefined && known.resetAt > now) return known;
    const window = { limit: this.#perHour, used: 0, resetAt: now + HOUR_MS };
    this.#windows.set(bucket, window);
    return window;
  }
}

function bucketOf(caller: Caller): string {
  if (caller.kind === "installation") return `installation ID ${caller.token.installation.id}`;
  if (caller.kind === "person") return `user ID ${caller.account.id}`;
  return caller.kind === "app" ? `app ID ${caller.app.id}` : "127.0.0.1";
}
