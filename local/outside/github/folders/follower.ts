/** Keeps a repository of the stand-in GitHub as a folder is: the person's pushes, without their having to push. */
import type { RepositoryDesk } from "../developer/repository.ts";
import type { GitHub } from "../index.ts";
import type { Log } from "../../../log.ts";
import type { Branch, Heads } from "./clone.ts";
import type { Source } from "./source.ts";

export interface FollowerOptions {
  readonly github: Pick<GitHub, "createEmptyRepository">;
  /** `acme/infra` */
  readonly fullName: string;
  /** Login of who pushes. */
  readonly person: string;
  readonly source: Source;
  readonly log: Log;
}

export class Follower {
  readonly desk: RepositoryDesk;
  readonly source: Source;
  readonly #person: string;
  readonly #log: Log;
  #leftOut = "";

  private constructor(desk: RepositoryDesk, { person, source, log }: FollowerOptions) {
    this.desk = desk;
    this.source = source;
    this.#person = person;
    this.#log = log;
  }

  /** Makes the repository, with its branches as they are now. Throws a FolderProblem; then there is none. */
  static async begin(options: FollowerOptions): Promise<Follower> {
    const { github, fullName, person, source } = options;
    const defaultBranch = await source.clone.defaultBranch();
    const { branches } = await source.clone.heads([defaultBranch]);
    const commits = await source.clone.commits(branches.map(({ sha }) => sha));
    const desk = github.createEmptyRepository({ fullName, defaultBranch });
    desk.setCollaborator(person, "admin");
    desk.store(commits.map((commit) => ({ ...commit, author: person })));
    for (const { name, sha } of branches) void desk.setBranch(name, sha);
    return new Follower(desk, options);
  }

  /**
   * Pushes what is new, and opens a pull request from the branch that is checked out, unless it had one. Resolves when all
   * Apps have answered their webhooks. Throws a FolderProblem.
   */
  async sync(): Promise<void> {
    const { source } = this;
    await source.refresh();
    const heads = await source.clone.heads([this.#defaultBranch, ...this.#inUse()]);
    await this.#push(heads);
    this.#tellLeftOut(heads.leftOut);
    const checkedOut = heads.branches.find(({ name }) => name === heads.checkedOut);
    if (checkedOut !== undefined) await this.#open(checkedOut);
  }

  get #defaultBranch(): string {
    return this.desk.repository.defaultBranch;
  }

  /** Branches of open pull requests. */
  #inUse(): readonly string[] {
    return this.#openPulls().map(({ headRef }) => headRef);
  }

  #openPulls() {
    return [...this.desk.repository.pulls.values()].filter(({ state }) => state === "open");
  }

  async #push({ branches, leftOut }: Heads): Promise<void> {
    const { branches: known } = this.desk.repository;
    const moved = branches.filter(({ name, sha }) => known.get(name) !== sha);
    if (moved.length > 0) {
      // What an open pull request was compared with may be no branch's head any more.
      const compared = this.#openPulls().flatMap(({ headSha, baseSha }) => [headSha, baseSha]);
      const wanted = [...branches.map(({ sha }) => sha), ...compared];
      const commits = await this.source.clone.commits(wanted);
      this.desk.store(commits.map((commit) => ({ ...commit, author: this.#person })));
    }
    const there = new Set([...branches.map(({ name }) => name), ...leftOut]);
    const gone = [...known.keys()].filter((name) => !there.has(name));
    await Promise.all([
      ...moved.map(({ name, sha }) => this.desk.setBranch(name, sha)),
      ...gone.map((name) => this.desk.deleteBranch(name)),
    ]);
  }

  async #open({ name: branch, sha, subject: title }: Branch): Promise<void> {
    const { pulls, commits } = this.desk.repository;
    if (branch === this.#defaultBranch) return;
    if ([...pulls.values()].some(({ headRef }) => headRef === branch)) return;
    const base = this.desk.head();
    const isMerged = base === sha || commits.get(base)?.parents.includes(sha) === true;
    if (isMerged) return;
    await this.desk.openPullRequest({ branch, title, user: this.#person });
  }

  #tellLeftOut(names: readonly string[]): void {
    const list = names.join(", ");
    if (list === this.#leftOut) return;
    this.#leftOut = list;
    if (list === "") return;
    const message = `${this.desk.fullName} has too many branches; these are left out until they are checked out: ${list}`;
    this.#log({ source: "github", severity: "WARNING", message });
  }
}
