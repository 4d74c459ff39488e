import type { Log } from "../runtime/log.ts";
import { done, retry, slowDown } from "../runtime/outcome.ts";
import type { Outcome } from "../runtime/outcome.ts";

/** Something that this role depends on does not answer as it should; it may later. Thrown by ports. */
export class Unavailable extends Error {
  /** Where a rate limit says when; undefined for any other fault. */
  readonly afterSeconds: number | undefined;

  constructor(message: string, afterSeconds?: number) {
    super(message);
    this.name = "Unavailable";
    this.afterSeconds = afterSeconds;
  }
}

/** GitHub says no, and will again. Thrown by ports. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "Refused";
    this.status = status;
  }
}

/** A commit cannot be had, or not be used, and whoever pushed it can do something about that. Thrown by ports. */
export class Unusable extends Error {
  readonly hint: string | undefined;
  /** It will be the same for as long as the commit is what it is. */
  readonly isLasting: boolean;

  constructor(message: string, { hint, isLasting }: { hint?: string; isLasting: boolean }) {
    super(message);
    this.name = "Unusable";
    this.hint = hint;
    this.isLasting = isLasting;
  }
}

/** GitHub finds the text of a comment or a check too long. Thrown by ports. */
export class TooLong extends Refused {
  constructor(message: string) {
    super(422, message);
    this.name = "TooLong";
  }
}

/**
 * What an expected failure means for the message; anything else is a bug and is thrown again.
 * @param labels of the log line that says so
 */
export function outcomeOf(
  error: unknown,
  log: Log,
  labels: Readonly<Record<string, unknown>>,
): Outcome {
  if (error instanceof Unavailable) {
    const { message, afterSeconds } = error;
    log("WARNING", `plan put off: ${message}`, labels);
    return afterSeconds === undefined ? retry(message) : slowDown(message, afterSeconds);
  }
  if (error instanceof Refused) {
    // The App was removed, the repository is gone, a permission is missing: coming again would change nothing.
    log("ERROR", `GitHub refused: ${error.message}`, {
      ...labels,
      github_status: error.status,
    });
    return done({ result: "refused" });
  }
  throw error;
}
