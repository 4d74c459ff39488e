/** What a person can mend in a stack's config. */

/** One thing that is wrong. */
export interface Problem {
  /** `workers[1].deadlineSeconds` */
  readonly path: string;
  readonly found: unknown;
  /** What it must be. */
  readonly rule: string;
  /** A value to set; by default the key's example. */
  readonly value?: string | number | undefined;
  /** The key whose removal mends it; by default a value is to be set. */
  readonly remove?: string;
}

/** All that is wrong. Shown without a stack trace. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  /** One sentence each: key, what was found; below it how to fix it. */
  readonly problems: readonly string[];

  constructor(heading: string, problems: readonly string[]) {
    super(
      [heading, ...problems.map((problem) => `  - ${problem.replaceAll("\n", "\n    ")}`)].join(
        "\n",
      ),
    );
    this.problems = problems;
  }
}
