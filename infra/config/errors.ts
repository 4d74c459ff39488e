/** What a person can mend in a stack's config. Shown without a stack trace. */
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
