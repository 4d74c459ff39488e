/** What GitHub knows. Plain mutable data; the rules are in `operations` of the two sides that change it. */
import type { Commit } from "./git.ts";

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: "User" | "Organization" | "Bot";
}

/** docs.github.com/rest/collaborators/collaborators#get-repository-permissions-for-a-user, `role_name`. */
export type CollaboratorRole = "admin" | "maintain" | "write" | "triage" | "read";

export interface Repository {
  readonly id: number;
  readonly owner: Account;
  readonly name: string;
  readonly fullName: string;
  readonly isPrivate: boolean;
  readonly defaultBranch: string;
  readonly createdAt: number;
  /** Of a fork: what it was forked from. */
  readonly parent: Repository | undefined;
  /** By id. Forks share their commits with what they were forked from, as on GitHub. */
  readonly commits: Map<string, Commit>;
  /** Branch → commit id. */
  readonly branches: Map<string, string>;
  /** By lower-case login. */
  readonly collaborators: Map<string, CollaboratorRole>;
  readonly pulls: Map<number, PullRequest>;
  readonly comments: Map<number, Comment>;
  readonly checkRuns: Map<number, CheckRun>;
}

export interface PullRequest {
  readonly id: number;
  readonly number: number;
  readonly repository: Repository;
  readonly title: string;
  readonly body: string | null;
  readonly user: Account;
  readonly authorAssociation: string;
  readonly createdAt: number;
  readonly headRef: string;
  readonly headOwner: Account;
  /** Undefined once a fork was deleted. */
  headRepository: Repository | undefined;
  headSha: string;
  baseRef: string;
  baseSha: string;
  draft: boolean;
  labels: string[];
  state: "open" | "closed";
  updatedAt: number;
  closedAt: number | undefined;
}

export interface Comment {
  readonly id: number;
  readonly nodeId: string;
  readonly pull: PullRequest;
  readonly user: Account;
  readonly authorAssociation: string;
  /** The App that wrote it. */
  readonly app: App | undefined;
  readonly createdAt: number;
  body: string;
  updatedAt: number;
  /** The classifier, once it was minimized: `OUTDATED`. */
  minimized: string | undefined;
}

/** docs.github.com/rest/checks/runs */
export interface CheckRunOutput {
  readonly title: string | null;
  readonly summary: string | null;
  readonly text: string | null;
  readonly annotations: readonly unknown[];
}

export interface CheckRun {
  readonly id: number;
  readonly headSha: string;
  readonly app: App;
  readonly suiteId: number;
  name: string;
  status: string;
  conclusion: string | null;
  externalId: string;
  detailsUrl: string | null;
  startedAt: string | null;
  completedAt: string | null;
  output: CheckRunOutput;
}

export type Access = "read" | "write" | "admin";
/** `{ contents: "read", checks: "write" }` */
export type Permissions = Readonly<Record<string, Access>>;

/** A registered GitHub App. */
export interface App {
  readonly id: number;
  readonly slug: string;
  /** `Iv23li…`; may stand in a JWT's `iss` instead of the id. */
  readonly clientId?: string;
  /** SPKI or PKCS #1, PEM. */
  readonly publicKeyPem: string;
  readonly webhookSecret: string;
  readonly webhookUrl: string;
  readonly permissions: Permissions;
  /** The events it subscribes to; `ping` and `installation…` come by themselves. */
  readonly events: readonly string[];
}

export interface Installation {
  readonly id: number;
  readonly app: App;
  readonly account: Account;
  /** Ids of the chosen repositories, or all that the account has and will have. */
  readonly repositories: Set<number> | "all";
  readonly createdAt: number;
}
