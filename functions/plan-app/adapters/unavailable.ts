import { HttpError } from "../../runtime/errors.ts";

/** What a delivery is answered when something that it needs failed: GitHub shows it as failed, and it can be redelivered. */
export function unavailable(what: string, error: unknown, retryAfterSeconds?: number): HttpError {
  const why = error instanceof Error ? error.message : String(error);
  const options = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  return new HttpError(503, "unavailable", `${what}: ${why}`, options);
}
