/**
 * A stand-in GitHub, in memory: what a GitHub App meets at api.github.com and codeload.github.com, and what the people who
 * use it do. `send` answers the hosts; everything else is the people's side. Shapes and rules are those of docs.github.com;
 * a route that is missing is refused by name and warned of in the log.
 *
 *     state/       what GitHub stores; git's objects with git's own ids
 *     api/         REST: who calls, may they, which route, how it is answered
 *     archive/     tarballs at codeload.github.com
 *     developer/   what people do, webhooks included
 *     folders/     folders of a person's that are repositories here
 *     operations/  what both sides do
 *     pages/       github.com as people see it
 *     views/       how things are shown, the same in answers and in webhooks
 */
import { RealClock, type Clock } from "../../clock.ts";
import { bodyOf, textResponse, type LocalRequest, type LocalResponse } from "../../http/message.ts";
import type { Log } from "../../log.ts";
import { Api } from "./api/api.ts";
import { Faults, type Effect } from "./api/faults.ts";
import { RateLimit } from "./api/rate-limit.ts";
import { Tokens } from "./api/tokens.ts";
import { Codeload } from "./archive/codeload.ts";
import type { Edits } from "./developer/files.ts";
import { RepositoryDesk } from "./developer/repository.ts";
import { checkSubscriptions, Events, type Happening } from "./events.ts";
import type { Stage } from "./operations/discussion.ts";
import type { GitHubOptions } from "./options.ts";
import { Pages } from "./pages/index.ts";
import { Requests } from "./requests.ts";
import type { Account, App, Installation, Repository } from "./state/model.ts";
import { State } from "./state/state.ts";
import { Webhooks, type Delivery } from "./webhooks.ts";

const NOBODY = { kind: "nobody" } as const;

/** The hosts that `GitHub.send` answers. */
export const GITHUB_HOSTS = ["api.github.com", "codeload.github.com", "github.com"] as const;

export interface NewRepository {
  /** `acme/infra`. The owner is made as an organization when it is first named. */
  readonly fullName: string;
  /** The first commit. Default: a README. */
  readonly files?: Edits;
  /** Default true. */
  readonly isPrivate?: boolean;
  /** Default `main`. */
  readonly defaultBranch?: string;
}

/** Makes a stand-in GitHub. Throws where an App subscribes to what it may not have. */
export function createGitHub(options: GitHubOptions): GitHub {
  options.apps.forEach(checkSubscriptions);
  return new GitHub(options);
}

export class GitHub {
  /** What was asked of api.github.com and codeload.github.com. */
  readonly requests = new Requests();
  /** Trouble on order. */
  readonly faults = new Faults();
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #state: State;
  readonly #webhooks: Webhooks;
  readonly #events: Events;
  readonly #stage: Stage;
  readonly #rateLimit: RateLimit;
  readonly #codeload: Codeload;
  readonly #tokens: Tokens;
  readonly #api: Api;
  readonly #pages: Pages;

  constructor(options: GitHubOptions) {
    const { apps, deliver, log, clock = new RealClock(), deliveryTimeoutMs = 10_000 } = options;
    this.#clock = clock;
    this.#log = log;
    this.#state = new State(apps);
    this.#webhooks = new Webhooks({ deliver, log, clock, timeoutMs: deliveryTimeoutMs });
    this.#events = new Events(this.#state, this.#webhooks);
    this.#stage = { state: this.#state, clock, events: this.#events };
    this.#rateLimit = new RateLimit(clock, options.requestsPerHour ?? 5000);
    this.#codeload = new Codeload(this.#state, clock);
    this.#tokens = new Tokens(clock, apps);
    const world = {
      ...this.#stage,
      tokens: this.#tokens,
      rateLimit: this.#rateLimit,
      codeload: this.#codeload,
      commentLimit: options.commentLimit ?? ("stated" as const),
      tokenFormat: options.tokenFormat ?? ("stateless" as const),
      treeLimit: options.treeLimit ?? 100_000,
    };
    this.#api = new Api(world, log);
    this.#pages = new Pages({ state: this.#state, tokens: this.#tokens, api: this.#api });
  }

  /** Changes the registration of an App that is known by its id: another key, another secret, other permissions. */
  registerAgain(app: App): void {
    checkSubscriptions(app);
    const known = this.#state.apps.find(({ id }) => id === app.id);
    if (known === undefined) throw new Error(`No App ${app.id} is registered.`);
    // Installations and tokens refer to it.
    Object.assign(known, app);
  }

  /** Answers a request to any of `GITHUB_HOSTS`. Rejects only where a fault breaks the connection. */
  readonly send = async (request: LocalRequest): Promise<LocalResponse> => {
    const { method, url } = request;
    if (url.host === "api.github.com" || url.host === "codeload.github.com") {
      return this.#answer(request);
    }
    const page = await this.#pages.answer(request);
    if (page !== undefined) return page;
    const message = `The stand-in GitHub has no such page for you: ${method} ${url.href}`;
    this.#log({ source: "github", severity: "WARNING", message });
    return textResponse(404, message);
  };

  /** Makes a repository with a first commit on its default branch. */
  createRepository(given: NewRepository): RepositoryDesk {
    const desk = this.createEmptyRepository(given);
    const { name } = desk.repository;
    // There is no pull request yet to be told of: all is done when the call returns.
    void desk.commit({ files: given.files ?? { "README.md": `# ${name}\n` }, message: "Begin" });
    return desk;
  }

  /** Makes a repository without a commit. */
  createEmptyRepository(given: Omit<NewRepository, "files">): RepositoryDesk {
    const { fullName, isPrivate = true, defaultBranch = "main" } = given;
    const [owner = "", name = ""] = fullName.split("/");
    const account = this.#state.account(owner, "Organization");
    const repository = this.#add(account, { name, isPrivate, defaultBranch, commits: new Map() });
    return new RepositoryDesk(this.#stage, repository);
  }

  /** A token with which a person may do through the API and see on the pages what they may. The person is made when first named. */
  personalToken(login: string): string {
    return this.#tokens.personal(this.#state.account(login));
  }

  /** Calls the listener whenever something happens to a pull request. */
  onHappening(listener: (happening: Happening) => void): void {
    this.#events.listeners.push(listener);
  }

  /** Forks a repository to a person's account, with its branches. */
  fork({ repository: parent }: RepositoryDesk, login: string): RepositoryDesk {
    const { name, isPrivate, defaultBranch, commits } = parent;
    const owner = this.#state.account(login);
    const fork = this.#add(owner, { name, isPrivate, defaultBranch, commits, parent });
    for (const [branch, sha] of parent.branches) fork.branches.set(branch, sha);
    return new RepositoryDesk(this.#stage, fork);
  }

  /** Deletes a repository. Pull requests from it stay, with `head.repo` null. */
  deleteRepository({ repository: deleted }: RepositoryDesk): void {
    this.#state.removeRepository(deleted);
    for (const { pulls } of this.#state.repositories.values()) {
      for (const pull of pulls.values()) {
        if (pull.headRepository === deleted) pull.headRepository = undefined;
      }
    }
  }

  /** Installs an App on an account: `installation.created`. Default: on all its repositories. */
  async install(
    slug: string,
    owner: string,
    repositories: readonly RepositoryDesk[] | "all" = "all",
  ): Promise<Installation> {
    const app = this.#state.apps.find((each) => each.slug === slug);
    if (app === undefined) throw new Error(`No App ${slug} is registered.`);
    const account = this.#state.account(owner, "Organization");
    const chosen =
      repositories === "all"
        ? repositories
        : new Set(repositories.map((each) => each.repository.id));
    const id = this.#state.nextId();
    const createdAt = this.#clock.now();
    const installation: Installation = { id, app, account, repositories: chosen, createdAt };
    this.#state.installations.set(id, installation);
    await this.#events.installation("created", installation, account);
    return installation;
  }

  /** Lets an installation on chosen repositories have one more: `installation_repositories.added`. */
  async addToInstallation(installation: Installation, { repository }: RepositoryDesk) {
    if (installation.repositories !== "all") installation.repositories.add(repository.id);
    const { account } = installation;
    await this.#events.installationRepositories(installation, repository, account);
  }

  /** Takes an App off an account: `installation.deleted`. Its tokens end. */
  async uninstall(installation: Installation): Promise<void> {
    this.#state.installations.delete(installation.id);
    this.#tokens.revokeAllOf(installation);
    await this.#events.installation("deleted", installation, installation.account);
  }

  /** Sends the `ping` that every new webhook gets. */
  async ping(slug: string): Promise<void> {
    const apps = this.#state.apps.filter((each) => each.slug === slug);
    await Promise.all(apps.map((app) => this.#events.ping(app)));
  }

  /** Every webhook so far, with its attempts. */
  get deliveries(): readonly Delivery[] {
    return this.#webhooks.deliveries;
  }

  /** Sends a webhook again, under its own GUID. */
  async redeliver(guid: string): Promise<void> {
    await this.#webhooks.redeliver(guid);
  }

  /** Resolves when no webhook is under way; what Apps do is announced too, without anybody waiting for it. */
  async idle(): Promise<void> {
    await this.#webhooks.idle();
  }

  /** Leaves an installation only so many requests until the limit is reset. */
  leaveRequests({ id }: Installation, remaining: number, resetInSeconds: number): void {
    this.#rateLimit.leave(id, remaining, resetInSeconds);
  }

  async #answer(request: LocalRequest): Promise<LocalResponse> {
    const body = await bodyOf(request);
    const complete = this.requests.note(request, body);
    const effect = this.faults.take(request);
    if (effect?.kind === "fail") {
      complete(NOBODY, effect.answer.status);
      return effect.answer;
    }
    await this.#waitFor(effect, request.signal);
    const { caller, response } =
      request.url.host === "api.github.com"
        ? await this.#api.answer({ ...request, body })
        : { caller: NOBODY, response: this.#codeload.answer(request) };
    complete(caller, response.status);
    if (effect?.kind === "lose") throw new Error("The answer was lost on order.");
    return response;
  }

  /** Resolves after a delay; rejects when the sender goes away meanwhile. */
  async #waitFor(effect: Effect | undefined, signal: AbortSignal | undefined): Promise<void> {
    if (effect?.kind !== "delay" && effect?.kind !== "hang") return;
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const leave = () => reject(new Error("The sender went away."));
    if (signal?.aborted === true) leave();
    signal?.addEventListener("abort", leave);
    if (effect.kind === "delay")
      this.#clock.at(this.#clock.now() + effect.ms, () => resolve(undefined));
    await promise;
  }

  #add(
    owner: Account,
    given: Pick<Repository, "name" | "isPrivate" | "defaultBranch" | "commits"> &
      Partial<Pick<Repository, "parent">>,
  ): Repository {
    const repository: Repository = {
      parent: undefined,
      ...given,
      id: this.#state.nextId(),
      owner,
      fullName: `${owner.login}/${given.name}`,
      createdAt: this.#clock.now(),
      branches: new Map(),
      collaborators: new Map(),
      pulls: new Map(),
      comments: new Map(),
      checkRuns: new Map(),
    };
    this.#state.addRepository(repository);
    return repository;
  }
}
