import type { PlanOf } from "../messages/plan-names.ts";
import type { PlanRequest } from "../messages/plan-request.ts";
import type { RepositoryConfig } from "./config.ts";

/** A repository as a webhook names it. */
export interface RepositoryName {
  /** `owner/repo` */
  readonly fullName: string;
  readonly installationId: number | undefined;
}

/** A pull request as GitHub had it when it spoke of it. */
export interface PullRequest {
  readonly number: number;
  readonly isOpen: boolean;
  readonly isDraft: boolean;
  readonly headSha: string;
  readonly headRef: string;
  /** `owner/repo`; undefined where the fork is gone. */
  readonly headRepo: string | undefined;
  readonly baseRef: string;
  /** When anything about it changed last; undefined where that is not told. */
  readonly updatedAt: Date | undefined;
}

/** A file that a pull request changes. A renamed one counts as one removed and one that is there. */
export interface Change {
  readonly path: string;
  readonly isRemoved: boolean;
}

/** How a check of ours stands. */
export interface CheckState {
  readonly status: "queued" | "completed";
  readonly conclusion?: "success" | "failure" | "neutral" | "cancelled" | "action_required";
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
}

/**
 * One repository on GitHub, for the time of one delivery. Every call throws an HttpError 503 where GitHub fails or time is
 * over.
 */
export interface Repository {
  /** The repository's own file about its plans on that branch; undefined where there is none. */
  configFile(
    branch: string,
  ): Promise<{ readonly text: string; readonly bytes: number } | undefined>;
  /** Undefined where there is none. */
  pullRequest(number: number): Promise<PullRequest | undefined>;
  /** Those of this repository that hold that commit. */
  pullRequestsOf(sha: string): Promise<readonly PullRequest[]>;
  /** What a pull request changes; "too-many" where GitHub does not list it all. */
  changes(number: number): Promise<readonly Change[] | "too-many">;
  /** Paths of all files of a commit; undefined where they are too many to be listed. */
  files(sha: string): Promise<readonly string[] | undefined>;
  mayWrite(login: string): Promise<boolean>;
  setCheck(sha: string, name: string, state: CheckState): Promise<void>;
  /** Sets it unless it is completed. */
  settleCheck(sha: string, name: string, state: CheckState): Promise<void>;
  hasCheck(sha: string, name: string): Promise<boolean>;
}

/** How a plan ended that is over. */
export interface FinishedPlan {
  readonly finishedAt: Date;
  /** Whether a comment on the pull request shows it; not so where it was given up. */
  readonly isCommented: boolean;
}

/** What goes to the topic: one message per directory and workspace. */
export interface PlanMessage {
  readonly request: PlanRequest;
  /** For the filters of subscriptions. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** What plan-app needs from the world. What fails for a while throws an HttpError 503. */
export interface Ports {
  /** What GitHub signs its deliveries with. */
  readonly webhookSecret: string;
  readonly appId: string;
  /** Sent along with each request. */
  readonly apiBaseUrl: string;
  /** Name of the topic, for the log. */
  readonly topic: string;
  /** Aborted when the delivery that comes now must have its answer. */
  readonly deadline: () => AbortSignal;
  readonly deliveries: {
    isKnown(guid: string): Promise<boolean>;
    remember(guid: string): Promise<void>;
  };
  /** The plan's result; undefined where it is not over, or was never asked for. */
  readonly finished: (plan: PlanOf) => Promise<FinishedPlan | undefined>;
  /** All calls to the repository end with the deadline, if they have not before. */
  readonly open: (repository: RepositoryName, deadline?: AbortSignal) => Promise<Repository>;
  /** Throws a ConfigProblem for what is no config file. */
  readonly parseConfig: (text: string) => RepositoryConfig;
  /** Compiles a glob of the config file: whether it means a path. */
  readonly globOf: (glob: string) => (path: string) => boolean;
  /** All of them or none. */
  readonly publish: (messages: readonly PlanMessage[]) => Promise<void>;
}
