import { addComment, addLabels, type Stage } from "../operations/discussion.ts";
import { closePull, reopenPull, tell } from "../operations/pull-requests.ts";
import type { Account, CheckRun, Comment, PullRequest } from "../state/model.ts";
import { checksOf, commentsOf } from "../state/state.ts";
import type { Edits } from "./files.ts";
import { Branches } from "./branches.ts";

/** What a person does with a pull request. Its webhooks are answered when a method resolves. */
export class PullRequestDesk {
  readonly pull: PullRequest;
  readonly #stage: Stage;

  constructor(stage: Stage, pull: PullRequest) {
    this.#stage = stage;
    this.pull = pull;
  }

  get number(): number {
    return this.pull.number;
  }

  get headSha(): string {
    return this.pull.headSha;
  }

  /** Oldest first. */
  get comments(): readonly Comment[] {
    return commentsOf(this.pull);
  }

  /** Of the present head, oldest first. */
  get checkRuns(): readonly CheckRun[] {
    return checksOf(this.pull);
  }

  /** Pushes a commit to the head branch: `synchronize`. Answers the new head. */
  async push(files: Edits, message?: string): Promise<string> {
    const { headRef: branch } = this.pull;
    return this.#headDesk().commit({ branch, files, ...(message !== undefined && { message }) });
  }

  /** Pushes a commit that holds exactly the files of a real folder. */
  async pushFolder(folder: string): Promise<string> {
    return this.#headDesk().import(folder, { branch: this.pull.headRef });
  }

  async label(label: string, by?: string): Promise<void> {
    await addLabels(this.#stage, this.pull, [label], this.#person(by));
  }

  async unlabel(label: string, by?: string): Promise<void> {
    if (!this.pull.labels.includes(label)) return;
    this.pull.labels = this.pull.labels.filter((each) => each !== label);
    await this.#tell("unlabeled", by, { label: { name: label } });
  }

  async comment(user: string, body: string): Promise<Comment> {
    const { state } = this.#stage;
    const { comment, told } = addComment(this.#stage, this.pull, {
      user: state.account(user),
      body,
    });
    await told;
    return comment;
  }

  async close(by?: string): Promise<void> {
    await closePull(this.#stage, this.pull, this.#person(by));
  }

  /** Takes up what was pushed to the branch meanwhile. */
  async reopen(by?: string): Promise<void> {
    await reopenPull(this.#stage, this.pull, this.#person(by));
  }

  /** Retargets it: `edited`, with what the base was. */
  async editBase(baseRef: string, by?: string): Promise<void> {
    const { repository, baseRef: ref, baseSha: sha } = this.pull;
    this.pull.baseRef = baseRef;
    this.pull.baseSha = new Branches(this.#stage, repository).head(baseRef);
    const changes = { base: { ref: { from: ref }, sha: { from: sha } } };
    await this.#tell("edited", by, { changes });
  }

  async readyForReview(by?: string): Promise<void> {
    this.pull.draft = false;
    await this.#tell("ready_for_review", by);
  }

  async convertToDraft(by?: string): Promise<void> {
    this.pull.draft = true;
    await this.#tell("converted_to_draft", by);
  }

  async #tell(action: string, by: string | undefined, more: object = {}): Promise<void> {
    await tell(this.#stage, action, this.pull, this.#person(by), more);
  }

  /** Who does it: by default the author. */
  #person(login: string | undefined): Account {
    return login === undefined ? this.pull.user : this.#stage.state.account(login);
  }

  #headDesk(): Branches {
    const { headRepository } = this.pull;
    if (headRepository !== undefined) return new Branches(this.#stage, headRepository);
    throw new Error(`The fork of pull request ${this.pull.number} was deleted.`);
  }
}
