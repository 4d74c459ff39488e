/** What a person or a test may say about the plan runner's outside. */
import type { CommentLimit } from "../../outside/github/options.ts";
import type { RepositoryOption } from "./repositories.ts";

export interface PlanRunnerSettings {
  /** Folders that are repositories of the stand-in GitHub. Default: none. */
  readonly repositories: readonly RepositoryOption[];
  /** OpenTofu; null: what is in the bucket. Default: the one that is found on this machine. */
  readonly tofu: string | null;
  /** Which of the known limits of a comment the stand-in GitHub has. Default: `stated`. */
  readonly commentLimit: CommentLimit;
}
