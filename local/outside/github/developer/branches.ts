/** What a person does with the branches of a repository. Its webhooks are answered when a method resolves. */
import type { Stage } from "../operations/discussion.ts";
import { closePull } from "../operations/pull-requests.ts";
import { readFolder } from "../state/folder.ts";
import { createCommit, type Commit, type Files } from "../state/git.ts";
import type { PullRequest, Repository } from "../state/model.ts";
import { edited, type Edits } from "./files.ts";

export interface NewCommit {
  readonly files: Edits;
  /** Default: the default branch. A branch that is not there starts at the default branch. */
  readonly branch?: string;
  readonly message?: string;
  /** Login of the author. Default: the repository's owner. */
  readonly author?: string;
}

export class Branches {
  readonly repository: Repository;
  protected readonly stage: Stage;

  constructor(stage: Stage, repository: Repository) {
    this.stage = stage;
    this.repository = repository;
  }

  get fullName(): string {
    return this.repository.fullName;
  }

  /** The newest commit's id of a branch, by default the default one. */
  head(branch = this.repository.defaultBranch): string {
    const sha = this.repository.branches.get(branch);
    if (sha === undefined) throw new Error(`${this.fullName} has no branch ${branch}.`);
    return sha;
  }

  /** Adds a commit on top of a branch. Open pull requests from the branch are synchronized. */
  async commit({ files, ...about }: NewCommit): Promise<string> {
    return this.#add(about, (before) => edited(before, files));
  }

  /** Adds a commit that holds exactly the files of a real folder. */
  async import(folder: string, about: Omit<NewCommit, "files"> = {}): Promise<string> {
    const files = await readFolder(folder);
    return this.#add(about, () => files);
  }

  /** Makes a branch, or moves it as a forced push does. Open pull requests from it are synchronized. */
  async setBranch(branch: string, sha: string): Promise<void> {
    if (!this.repository.commits.has(sha)) throw new Error(`There is no commit ${sha}.`);
    this.repository.branches.set(branch, sha);
    await this.#synchronize(branch, sha);
  }

  /** Deletes a branch. Pull requests from it are closed, as on GitHub. */
  async deleteBranch(branch: string): Promise<void> {
    this.repository.branches.delete(branch);
    const open = this.#pullsFrom(branch).filter(({ state }) => state === "open");
    await Promise.all(open.map((pull) => closePull(this.stage, pull, this.repository.owner)));
  }

  /** Takes commits as they are, with the ids that they have; no branch moves. */
  store(commits: readonly Commit[]): void {
    for (const commit of commits) this.repository.commits.set(commit.sha, commit);
  }

  async #add(about: Omit<NewCommit, "files">, change: (before: Files) => Files): Promise<string> {
    const { commits, branches, defaultBranch, owner } = this.repository;
    const { branch = defaultBranch, message = "Change files", author = owner.login } = about;
    const parent = branches.get(branch) ?? branches.get(defaultBranch);
    const before: Commit | undefined = parent === undefined ? undefined : commits.get(parent);
    const commit = createCommit({
      files: change(before?.files ?? new Map()),
      parents: before === undefined ? [] : [before.sha],
      message,
      author,
      time: this.stage.clock.now(),
    });
    commits.set(commit.sha, commit);
    branches.set(branch, commit.sha);
    await this.#synchronize(branch, commit.sha);
    return commit.sha;
  }

  async #synchronize(branch: string, sha: string): Promise<void> {
    const { clock, events } = this.stage;
    await Promise.all(
      this.#pullsFrom(branch).map(async (pull) => {
        const before = pull.headSha;
        if (pull.state !== "open" || before === sha) return;
        pull.headSha = sha;
        pull.baseSha = pull.repository.branches.get(pull.baseRef) ?? pull.baseSha;
        pull.updatedAt = clock.now();
        await events.pullRequest("synchronize", pull, this.repository.owner, {
          before,
          after: sha,
        });
      }),
    );
  }

  #pullsFrom(branch: string): readonly PullRequest[] {
    return [...this.stage.state.repositories.values()]
      .flatMap((each) => [...each.pulls.values()])
      .filter((pull) => pull.headRepository === this.repository && pull.headRef === branch);
  }
}
