import type {
  Change,
  CheckState,
  FinishedPlan,
  PlanMessage,
  Ports,
  PullRequest,
  Repository,
} from "../../functions/plan-app/ports.ts";
import { globOf, parseConfig } from "../../functions/plan-app/adapters/config-file.ts";
import { resultObject } from "../../functions/messages/plan-names.ts";

export const SECRET = "It's a Secret to Everybody";
export const APP_ID = "123";
export const HEAD = "a".repeat(40);
export const GUID = "72d3162e-cc78-11e3-81ab-4c9367dc0958";

/** A pull request as the ports tell of it, with that difference. */
export function pullRequest(difference: Partial<PullRequest> = {}): PullRequest {
  return {
    number: 7,
    isOpen: true,
    isDraft: false,
    headSha: HEAD,
    headRef: "topic",
    headRepo: "octo/infra",
    baseRef: "main",
    updatedAt: new Date("2026-01-01T12:00:00Z"),
    ...difference,
  };
}

/** The world of plan-app in memory: a repository with its answers, and what was done to it. */
export class PlanAppWorld implements Ports {
  readonly webhookSecret = SECRET;
  readonly appId = APP_ID;
  readonly apiBaseUrl = "https://api.github.com";
  readonly topic = "plan";
  readonly parseConfig = parseConfig;

  /** Every glob that was compiled. */
  readonly globs: string[] = [];
  readonly globOf: Ports["globOf"] = (glob) => {
    this.globs.push(glob);
    return globOf(glob);
  };

  config: string | undefined;
  changed: readonly Change[] | "too-many" = [{ path: "main.tf", isRemoved: false }];
  tree: readonly string[] | undefined = ["main.tf"];
  writers = ["maintainer"];
  pullRequests: PullRequest[] = [pullRequest()];
  /** By result object. */
  readonly results = new Map<string, FinishedPlan>();
  readonly seen = new Set<string>();
  /** Thrown by the call of that name. */
  readonly failures = new Map<string, Error>();
  readonly #hanging = new Map<
    string,
    { readonly released: Promise<void>; readonly ends: boolean }
  >();
  #time = new AbortController();
  /** Happens elsewhere right after a check was set. */
  afterCheck: () => void = () => undefined;

  /** All calls that read, in order. */
  readonly asked: string[] = [];
  readonly checks: [sha: string, name: string, state: CheckState][] = [];
  readonly published: PlanMessage[][] = [];
  /** What changes the world, in order. */
  readonly done: string[] = [];

  readonly deliveries = {
    isKnown: (guid: string) => this.#answer("isKnown", this.seen.has(guid)),
    remember: async (guid: string) => {
      await this.#answer("remember", undefined);
      this.done.push("remember");
      this.seen.add(guid);
    },
  };

  readonly deadline = (): AbortSignal => this.#time.signal;

  /** Lets the call of that name hang until it is released, and GitHub's patience end meanwhile, unless told otherwise. */
  hang(name: string, { ends = true } = {}): () => void {
    const { promise: released, resolve } = Promise.withResolvers<undefined>();
    this.#hanging.set(name, { released, ends });
    return () => {
      this.#hanging.delete(name);
      this.#time = new AbortController();
      resolve(undefined);
    };
  }

  readonly finished: Ports["finished"] = (plan) =>
    this.#answer("finished", this.results.get(resultObject(plan)));

  readonly open: Ports["open"] = () => this.#answer("open", this.#repository());

  readonly publish = async (messages: readonly PlanMessage[]): Promise<void> => {
    await this.#answer("publish", undefined);
    this.done.push("publish");
    this.published.push([...messages]);
  };

  /** Directory and workspace of everything that was published. */
  get planned(): string[] {
    return this.published
      .flat()
      .map(({ request: { work } }) =>
        work.workspace === "default" ? work.dir : `${work.dir} ${work.workspace}`,
      );
  }

  #answer<T>(name: string, value: T): Promise<T> {
    const failure = this.failures.get(name);
    this.asked.push(name);
    const hanging = this.#hanging.get(name);
    if (hanging !== undefined) {
      if (hanging.ends) this.#time.abort();
      return hanging.released.then(() => value);
    }
    return failure === undefined ? Promise.resolve(value) : Promise.reject(failure);
  }

  #repository(): Repository {
    const text = this.config;
    return {
      configFile: (branch) =>
        this.#answer(
          `configFile ${branch}`,
          text === undefined ? undefined : { text, bytes: Buffer.byteLength(text) },
        ),
      pullRequest: (number) =>
        this.#answer(
          "pullRequest",
          this.pullRequests.find((each) => each.number === number),
        ),
      pullRequestsOf: () => this.#answer("pullRequestsOf", this.pullRequests),
      changes: () => this.#answer("changes", this.changed),
      files: () => this.#answer("files", this.tree),
      mayWrite: (login) => this.#answer(`mayWrite ${login}`, this.writers.includes(login)),
      setCheck: async (sha, name, state) => {
        await this.#answer("setCheck", undefined);
        this.done.push(`check ${name}`);
        this.checks.push([sha, name, state]);
        this.afterCheck();
      },
      settleCheck: async (sha, name, state) => {
        await this.#answer("settleCheck", undefined);
        this.done.push(`settle ${name}`);
        this.checks.push([sha, name, state]);
      },
      hasCheck: (_sha, name) =>
        this.#answer(
          "hasCheck",
          this.checks.some(([, known]) => known === name),
        ),
    };
  }
}
