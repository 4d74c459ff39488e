import type { PlanExecution, PlanExecutionResult } from "../messages/plan-execution.ts";
import type { KeepingPorts } from "../runtime/kept-lease.ts";

/** A pull request to speak with. */
export interface Target {
  /** `owner/repo` */
  readonly fullName: string;
  readonly number: number;
  /** Where it is known; otherwise GitHub is asked. */
  readonly installationId?: number | undefined;
}

/** How a pull request stands now. */
export interface PullRequestState {
  readonly headSha: string;
  readonly isOpen: boolean;
  /** `owner/repo` that the head is in; undefined where that is gone. */
  readonly headRepo: string | undefined;
  /** Branch that it is to be merged into. */
  readonly baseRef: string;
  /** When anything of it changed last, in ISO 8601. */
  readonly updatedAt: string;
}

/** A comment of our own App. */
export interface Comment {
  readonly id: number;
  /** Its id in GraphQL. */
  readonly nodeId: string;
  /** Its page. */
  readonly url: string;
  /** The first lines of its body, at least two. */
  readonly opening: string;
}

/** Which check of which commit. */
export interface Check {
  readonly headSha: string;
  /** `plan: envs/prod` */
  readonly name: string;
}

/** How a check stands. */
export interface CheckState {
  readonly status: "in_progress" | "completed";
  readonly conclusion?: "success" | "failure" | "cancelled" | "timed_out" | "action_required";
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
  /** Markdown, at most 65,535 bytes. */
  readonly text?: string | undefined;
  /** Where "Details" leads. Default: GitHub's own page of the check. */
  readonly detailsUrl?: string | undefined;
}

/** One pull request, through a token for just what is done here. Every method throws Unavailable or Refused. */
export interface PullRequest {
  read(): Promise<PullRequestState>;
  /** All comments of our own App, the oldest first. */
  comments(): Promise<readonly Comment[]>;
  /** Throws TooLong besides. */
  post(body: string): Promise<Comment>;
  /** Undefined where the comment is gone. Throws TooLong besides. */
  edit(id: number, body: string): Promise<Comment | undefined>;
  remove(comment: Comment): Promise<void>;
  /** Folds it away as outdated. */
  hide(comment: Comment): Promise<void>;
  /** Throws TooLong besides. */
  setCheck(check: Check, state: CheckState): Promise<void>;
  /** Sets the newest of that check where it is not completed; does nothing otherwise. */
  settleCheck(check: Check, state: CheckState): Promise<void>;
}

export interface GitHub {
  /** Makes the token. Throws Unavailable or Refused. */
  open(target: Target): Promise<PullRequest>;
  /**
   * The archive of a commit, gzipped, while it arrives; reading it throws what network connections do. Throws Unavailable,
   * Refused, or Unusable where GitHub does not hand out that commit.
   */
  archive(target: Target, sha: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
}

/** Commits' archives, where the executor can read them. */
export interface Archives {
  /**
   * Keeps one under a name that nobody can guess, and never changes it. Returns the name once it is whole. Throws
   * Unavailable, or Unusable for one that is too large.
   */
  keep(archive: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<string>;
}

export interface Executor {
  /** Plans. Throws Unavailable where that may work later, and when the signal is aborted. */
  execute(execution: PlanExecution, signal: AbortSignal): Promise<PlanExecutionResult>;
}

export interface Settings {
  /** The only GitHub that is spoken with: `https://api.github.com`. */
  readonly baseUrl: string;
  readonly stateBucket: string;
  readonly leaseSeconds: number;
  readonly renewSeconds: number;
  readonly commentLeaseSeconds: number;
  /** From the receipt of a message until its plan is stopped. */
  readonly planSeconds: number;
  /** Of one comment, in UTF-16 code units. */
  readonly maxCharacters: number;
  /** How many comments one plan may take. */
  readonly maxParts: number;
  /** Whether somebody may read the plans in the state bucket, so that a link to one is of use. */
  readonly hasPlanLinks: boolean;
}

/** What the runner needs from the world. Its objects throw Unavailable. */
export interface Ports extends KeepingPorts {
  readonly gitHub: GitHub;
  readonly archives: Archives;
  readonly executor: Executor;
  readonly settings: Settings;
}
