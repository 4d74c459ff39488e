import { RequestError } from "@octokit/request-error";

/** What a failed request to GitHub means for whoever made it. */
export type Failure =
  /** GitHub, the network or a limit: it may work later. */
  | { readonly kind: "transient"; readonly message: string; readonly retryAfterSeconds: number }
  /** GitHub says no, and will again. */
  | { readonly kind: "refused"; readonly status: number; readonly message: string };

/** GitHub's own advice where it names no time: docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api */
const RATE_LIMIT_SECONDS = 60;
const FAULT_SECONDS = 10;

/** What an error of Octokit's means; undefined for an error that is not a failed request, which is a bug. */
export function failureOf(error: unknown, now: number): Failure | undefined {
  if (isAbort(error)) {
    return { kind: "transient", message: error.message, retryAfterSeconds: FAULT_SECONDS };
  }
  if (!(error instanceof RequestError)) return undefined;
  const { status, message } = error;
  if (isRateLimit(error)) {
    return { kind: "transient", message, retryAfterSeconds: waitOf(error, now) };
  }
  // 500 is also what Octokit makes of a connection that broke.
  const isFault = status >= 500 || status === 408;
  if (isFault) return { kind: "transient", message, retryAfterSeconds: FAULT_SECONDS };
  return { kind: "refused", status, message };
}

/** Octokit hands on what a signal without a reason of its own throws. */
function isAbort(error: unknown): error is Error {
  return error instanceof Error && (error.name === "AbortError" || error.name === "TimeoutError");
}

/** Limits are told by 403 or 429 with headers, or by words. */
function isRateLimit({ status, message, response }: RequestError): boolean {
  if (status === 429) return true;
  if (status !== 403) return false;
  const headers = response?.headers ?? {};
  return (
    headers["retry-after"] !== undefined ||
    headers["x-ratelimit-remaining"] === "0" ||
    /rate limit/i.test(message)
  );
}

function waitOf({ response }: RequestError, now: number): number {
  const headers = response?.headers ?? {};
  const after = Number(headers["retry-after"]);
  if (after > 0) return Math.ceil(after);
  const reset = Number(headers["x-ratelimit-reset"]);
  if (headers["x-ratelimit-remaining"] === "0" && reset > 0) {
    return Math.max(1, Math.ceil(reset - now / 1000));
  }
  return RATE_LIMIT_SECONDS;
}
