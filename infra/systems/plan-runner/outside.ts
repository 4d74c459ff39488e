/** What the plan runner needs of the outside world. Plain values. */

/** A GitHub App as which the system acts: what its registration says. */
export interface GitHubApp {
  /** The id that GitHub gave it. */
  readonly name: string;
  /** Where GitHub delivers. */
  readonly webhookUrl: string;
  readonly permissions: Readonly<Record<string, "read" | "write">>;
  /** Those that are subscribed to. */
  readonly events: readonly string[];
  /** Resource names of the secrets that hold its private key and what its webhooks are signed with. */
  readonly keySecret: string;
  readonly webhookSecret: string;
}

export type PlanRunnerOutside = Readonly<Record<"GitHub App", readonly GitHubApp[]>>;
