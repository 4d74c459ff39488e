/** Trouble on order: what the next fitting requests meet instead of, or on top of, their answer. */
import type { Headers, LocalRequest, LocalResponse } from "../../../http/message.ts";
import { jsonResponse } from "../../../http/message.ts";
import { DOCS } from "./errors.ts";

/** Which requests; without a field, all. */
export interface Which {
  readonly method?: string;
  /** Tried on the path, without query: `/comments$/`. */
  readonly path?: RegExp;
  /** How many. Default 1. */
  readonly times?: number;
}

export interface FailedAnswer {
  readonly status: number;
  /** Default: a message that says that it was ordered. */
  readonly body?: object;
  readonly headers?: Headers;
}

export type Effect =
  | { readonly kind: "fail"; readonly answer: LocalResponse }
  | { readonly kind: "delay"; readonly ms: number }
  | { readonly kind: "hang" }
  | { readonly kind: "lose" };

export class Faults {
  readonly #ordered: { readonly which: Which; readonly effect: Effect; left: number }[] = [];

  /** The next requests that fit get this answer and have no effect. */
  failNext(which: Which, answer: FailedAnswer): void {
    this.#order(which, { kind: "fail", answer: failure(answer) });
  }

  /** The next requests that fit are carried out so many milliseconds of the clock later. */
  delayNext(which: Which, ms: number): void {
    this.#order(which, { kind: "delay", ms });
  }

  /** The next requests that fit are never answered and have no effect. */
  hangNext(which: Which): void {
    this.#order(which, { kind: "hang" });
  }

  /** The next requests that fit are carried out, and the connection breaks before their answer. */
  loseNext(which: Which): void {
    this.#order(which, { kind: "lose" });
  }

  /** The effect on this request, the one ordered first. */
  take({ method, url }: LocalRequest): Effect | undefined {
    const found = this.#ordered.find(
      ({ which, left }) =>
        left > 0 && (which.method ?? method) === method && (which.path?.test(url.pathname) ?? true),
    );
    if (found === undefined) return undefined;
    found.left--;
    return found.effect;
  }

  #order(which: Which, effect: Effect): void {
    this.#ordered.push({ which, effect, left: which.times ?? 1 });
  }
}

function failure({ status, body, headers = [] }: FailedAnswer): LocalResponse {
  const ordered = { message: "Failed on order", documentation_url: DOCS, status: String(status) };
  return jsonResponse(status, body ?? ordered, headers);
}

/**
 * What GitHub says to who asks too much in a short time; with or without `retry-after`, as 403 or 429:
 * docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit.
 */
export function secondaryRateLimit(
  given: { readonly status?: 403 | 429; readonly retryAfterSeconds?: number } = {},
): FailedAnswer {
  const { status = 403, retryAfterSeconds } = given;
  return {
    status,
    body: {
      message:
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
      documentation_url: `${DOCS}/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits`,
      status: String(status),
    },
    headers:
      retryAfterSeconds === undefined ? [] : [["retry-after", String(retryAfterSeconds)] as const],
  };
}
