import type {
  Account,
  App,
  CheckRun,
  CollaboratorRole,
  Comment,
  Installation,
  PullRequest,
  Repository,
} from "./model.ts";

/** Everything GitHub stores, and how it is found. Names are compared without case, as on GitHub. */
export class State {
  readonly apps: readonly App[];
  readonly repositories = new Map<string, Repository>();
  readonly installations = new Map<number, Installation>();
  readonly #accounts = new Map<string, Account>();
  readonly #suites = new Map<string, number>();
  #lastId = 1000;

  constructor(apps: readonly App[]) {
    this.apps = apps;
  }

  /** A number that no other thing has. */
  nextId(): number {
    return ++this.#lastId;
  }

  /** The account of that name, made when it is first named. */
  account(login: string, type: Account["type"] = "User"): Account {
    const known = this.#accounts.get(login.toLowerCase());
    if (known !== undefined) return known;
    const account = { id: this.nextId(), login, type };
    this.#accounts.set(login.toLowerCase(), account);
    return account;
  }

  hasAccount(login: string): boolean {
    return this.#accounts.has(login.toLowerCase());
  }

  /** The account under which an App writes. */
  botOf({ slug }: App): Account {
    return this.account(`${slug}[bot]`, "Bot");
  }

  repository(owner: string, name: string): Repository | undefined {
    return this.repositories.get(`${owner}/${name}`.toLowerCase());
  }

  addRepository(repository: Repository): void {
    this.repositories.set(repository.fullName.toLowerCase(), repository);
  }

  removeRepository({ fullName }: Repository): void {
    this.repositories.delete(fullName.toLowerCase());
  }

  /** Ids of check suites: one per repository, commit and App. */
  suiteId(repository: Repository, sha: string, app: App): number {
    const key = `${repository.id} ${sha} ${app.id}`;
    const id = this.#suites.get(key) ?? this.nextId();
    this.#suites.set(key, id);
    return id;
  }

  installationsOn(repository: Repository): readonly Installation[] {
    return [...this.installations.values()].filter((each) => covers(each, repository));
  }

  repositoriesOf(installation: Installation): readonly Repository[] {
    return [...this.repositories.values()].filter((each) => covers(installation, each));
  }

  comment(
    nodeId: string,
  ): { readonly comment: Comment; readonly repository: Repository } | undefined {
    for (const repository of this.repositories.values()) {
      for (const comment of repository.comments.values()) {
        if (comment.nodeId === nodeId) return { comment, repository };
      }
    }
    return undefined;
  }
}

/** Check runs of a pull request's present head, oldest first. */
export function checksOf({ repository, headSha }: PullRequest): readonly CheckRun[] {
  return [...repository.checkRuns.values()].filter((run) => run.headSha === headSha);
}

/** Those of them that GitHub shows: the newest of each App and name. */
export function shownChecksOf(pull: PullRequest): readonly CheckRun[] {
  return latestOf(checksOf(pull).toReversed()).toReversed();
}

/** The newest of each App and name. */
export function latestOf(newestFirst: readonly CheckRun[]): readonly CheckRun[] {
  const seen = new Set<string>();
  return newestFirst.filter(({ app, name }) => {
    const key = `${app.id} ${name}`;
    return !seen.has(key) && seen.add(key);
  });
}

export function covers(
  { account, repositories }: Installation,
  { owner, id }: Repository,
): boolean {
  if (account !== owner) return false;
  return repositories === "all" || repositories.has(id);
}

/** Everybody reads a public repository. That GitHub's `role_name` is `none` for a stranger is not documented. */
export function roleOf(
  { owner, collaborators, isPrivate }: Repository,
  login: string,
): CollaboratorRole | undefined {
  const name = login.toLowerCase();
  if (owner.login.toLowerCase() === name) return "admin";
  return collaborators.get(name) ?? (isPrivate ? undefined : "read");
}

/** Comments of a pull request, oldest first. */
export function commentsOf({ repository, number }: PullRequest): readonly Comment[] {
  return [...repository.comments.values()].filter(({ pull }) => pull.number === number);
}

/**
 * docs.github.com/graphql/reference/enums#commentauthorassociation, as far as it follows from owner and collaborators.
 */
export function authorAssociation({ owner, collaborators }: Repository, user: Account): string {
  if (owner === user) return "OWNER";
  return collaborators.has(user.login.toLowerCase()) ? "COLLABORATOR" : "NONE";
}
