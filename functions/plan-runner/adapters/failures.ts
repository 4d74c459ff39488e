import { failureOf } from "../../github/failures.ts";
import { Refused, TooLong, Unavailable } from "../faults.ts";

const UNAUTHORIZED = 401;
/** docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
const LIMITS: readonly unknown[] = [403, 429];
const UNPROCESSABLE = 422;
/**
 * "Body is too long (maximum is 65536 characters)" of a comment; of a check "Only 65535 characters are allowed; 70000 were
 * supplied." and "summary exceeds a maximum bytesize of 65535" (github.com/github/docs/issues/35252).
 */
const TOO_LONG = /too (?:long|large)|maximum (?:is|bytesize)|characters are allowed/i;

/** Makes a request to GitHub, and throws Unavailable, Refused or TooLong for one that fails. */
export async function asking<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw faultOf(error);
  }
}

function faultOf(error: unknown): unknown {
  const failure = failureOf(error, Date.now());
  if (failure === undefined) return error;
  const message = `GitHub: ${failure.message}`;
  if (failure.kind === "transient") {
    const isLimit = LIMITS.includes(statusOf(error));
    return new Unavailable(message, isLimit ? failure.retryAfterSeconds : undefined);
  }
  const { status } = failure;
  // A token that has ended, a clock that is wrong, a key that was just replaced: nothing is wrong with the message.
  if (status === UNAUTHORIZED) return new Unavailable(message);
  if (status === UNPROCESSABLE && TOO_LONG.test(failure.message)) {
    return new TooLong(message);
  }
  return new Refused(status, message);
}

function statusOf(error: unknown): unknown {
  return error instanceof Error && "status" in error ? error.status : undefined;
}
