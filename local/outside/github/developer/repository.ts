import { openPull } from "../operations/pull-requests.ts";
import type { CheckRun, CollaboratorRole } from "../state/model.ts";
import { Branches } from "./branches.ts";
import type { Edits } from "./files.ts";
import { PullRequestDesk } from "./pull-request.ts";

export interface NewPullRequest {
  /** The head branch. */
  readonly branch: string;
  /** Committed to the branch first. */
  readonly files?: Edits;
  /** Where the branch is. Default: this repository. */
  readonly from?: Branches;
  /** Default: the default branch. */
  readonly base?: string;
  /** Login of the author. Default: the owner of the head's repository. */
  readonly user?: string;
  readonly title?: string;
  readonly body?: string;
  /** Default false. */
  readonly draft?: boolean;
  readonly labels?: readonly string[];
}

/** What a person does with a repository. Its webhooks are answered when a method resolves. */
export class RepositoryDesk extends Branches {
  /** Gives a role, or takes it away with `none`. */
  setCollaborator(login: string, role: CollaboratorRole | "none"): void {
    this.stage.state.account(login);
    const { collaborators } = this.repository;
    if (role === "none") collaborators.delete(login.toLowerCase());
    else collaborators.set(login.toLowerCase(), role);
  }

  /** Opens a pull request into this repository. */
  async openPullRequest(given: NewPullRequest): Promise<PullRequestDesk> {
    const { branch, files, from = this, base = this.repository.defaultBranch } = given;
    if (files !== undefined) await from.commit({ branch, files });
    const { repository } = from;
    const { pull, told } = openPull(this.stage, this.repository, {
      user: given.user === undefined ? repository.owner : this.stage.state.account(given.user),
      title: given.title ?? `Merge ${branch}`,
      body: given.body ?? null,
      draft: given.draft ?? false,
      labels: given.labels ?? [],
      base: { ref: base, sha: this.head(base) },
      head: { ref: branch, sha: from.head(branch), repository },
    });
    await told;
    return new PullRequestDesk(this.stage, pull);
  }

  /** An open or closed pull request by its number. */
  pullRequest(number: number): PullRequestDesk {
    const pull = this.repository.pulls.get(number);
    if (pull === undefined) throw new Error(`${this.fullName} has no pull request ${number}.`);
    return new PullRequestDesk(this.stage, pull);
  }

  /** Oldest first; of one commit where a `sha` is given. */
  checkRuns(sha?: string): readonly CheckRun[] {
    return [...this.repository.checkRuns.values()].filter(
      (run) => (sha ?? run.headSha) === run.headSha,
    );
  }

  /** Presses "Re-run" beside a check run. It only tells the App: the run stays as it is until the App changes it. */
  async rerequestCheckRun(id: number, user: string): Promise<void> {
    const run = this.repository.checkRuns.get(id);
    if (run === undefined) throw new Error(`${this.fullName} has no check run ${id}.`);
    const { state, events } = this.stage;
    await events.checkRun("rerequested", run, this.repository, state.account(user));
  }
}
