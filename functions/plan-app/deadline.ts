import { HttpError } from "../runtime/errors.ts";

/**
 * Milliseconds that the answer to a delivery may take, from the time that its body is there. GitHub waits for ten seconds
 * (docs.github.com/webhooks/using-webhooks/best-practices-for-using-webhooks#respond-within-10-seconds); one is for the way.
 */
export const ANSWER_WITHIN_MS = 9_000;

const RETRY_AFTER_SECONDS = 10;

/** What the work comes to. Throws an HttpError 503 at the deadline, and does not begin after it. */
export function inTime<T>(deadline: AbortSignal, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      reject(tooLate());
    };
    if (deadline.aborted) {
      stop();
      return;
    }
    deadline.addEventListener("abort", stop, { once: true });
    const done = work().then(resolve, reject);
    void done.then(() => {
      deadline.removeEventListener("abort", stop);
    });
  });
}

function tooLate(): HttpError {
  const message =
    "What this delivery asks for could not be done in the time that GitHub waits; redeliver it to try again.";
  return new HttpError(503, "unavailable", message, { retryAfterSeconds: RETRY_AFTER_SECONDS });
}
