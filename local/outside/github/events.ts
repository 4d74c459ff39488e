/** Which App hears of what. Payloads: docs.github.com/webhooks/webhook-events-and-payloads. */
import type {
  Account,
  App,
  CheckRun,
  Comment,
  Installation,
  PullRequest,
  Repository,
} from "./state/model.ts";
import type { State } from "./state/state.ts";
import { checkRunView } from "./views/check-run.ts";
import { nodeId } from "./views/common.ts";
import { commentView, issueView, labelView, pullRequestView } from "./views/pull-request.ts";
import { accountView, installationView, repositoryView } from "./views/repository.ts";
import type { Webhooks } from "./webhooks.ts";

/** Event → permission without which GitHub lets no App subscribe to it; the webhook page names it per event. */
const SUBSCRIBABLE: Readonly<Record<string, readonly string[]>> = {
  pull_request: ["pull_requests"],
  issue_comment: ["issues", "pull_requests"],
  check_run: ["checks"],
};

/** Sent to every App, subscribed or not. */
const UNASKED = new Set(["installation", "installation_repositories"]);

/** Throws where an App subscribes to an event that it may not have, or that is never sent here. */
export function checkSubscriptions({ slug, events, permissions }: App): void {
  for (const event of events) {
    if (UNASKED.has(event)) continue;
    const needed = SUBSCRIBABLE[event];
    if (needed === undefined) {
      throw new Error(`App ${slug} subscribes to ${event}, which the stand-in GitHub never sends.`);
    }
    if (!needed.some((permission) => permissions[permission] !== undefined)) {
      throw new Error(`App ${slug} subscribes to ${event}, which needs ${needed.join(" or ")}.`);
    }
  }
}

/** What has happened to a pull request, whether or not an App hears of it. */
export type Happening =
  | { readonly event: "pull_request"; readonly action: string; readonly pull: PullRequest }
  | { readonly event: "issue_comment"; readonly action: string; readonly comment: Comment }
  | {
      readonly event: "check_run";
      readonly action: string;
      readonly run: CheckRun;
      readonly repository: Repository;
    };

export class Events {
  /** Called with everything, before any App hears of it. */
  readonly listeners: ((happening: Happening) => void)[] = [];
  readonly #state: State;
  readonly #webhooks: Webhooks;

  constructor(state: State, webhooks: Webhooks) {
    this.#state = state;
    this.#webhooks = webhooks;
  }

  async pullRequest(action: string, pull: PullRequest, sender: Account, more: object = {}) {
    this.#happened({ event: "pull_request", action, pull });
    const payload = { number: pull.number, pull_request: pullRequestView(pull), ...more };
    await this.#announce({ event: "pull_request", action, sender, payload }, pull.repository);
  }

  async labeled(pull: PullRequest, label: string, sender: Account) {
    await this.pullRequest("labeled", pull, sender, { label: labelView(label) });
  }

  async comment(action: string, comment: Comment, sender: Account, more: object = {}) {
    this.#happened({ event: "issue_comment", action, comment });
    const { pull } = comment;
    const payload = { issue: issueView(pull), comment: commentView(comment), ...more };
    await this.#announce({ event: "issue_comment", action, sender, payload }, pull.repository);
  }

  /** Only the App that made a check run hears of it. */
  async checkRun(action: string, run: CheckRun, repository: Repository, sender: Account) {
    this.#happened({ event: "check_run", action, run, repository });
    const payload = { check_run: checkRunView(run, repository) };
    await this.#announce({ event: "check_run", action, sender, payload }, repository, run.app);
  }

  async installation(action: string, installation: Installation, sender: Account) {
    await this.#webhooks.send(installation.app, "installation", action, {
      installation: installationView(installation),
      repositories: this.#state.repositoriesOf(installation).map(briefly),
      sender: accountView(sender),
    });
  }

  async installationRepositories(installation: Installation, added: Repository, sender: Account) {
    await this.#webhooks.send(installation.app, "installation_repositories", "added", {
      installation: installationView(installation),
      repository_selection: installation.repositories === "all" ? "all" : "selected",
      repositories_added: [briefly(added)],
      repositories_removed: [],
      sender: accountView(sender),
    });
  }

  async ping(app: App) {
    const hook = { type: "App", id: app.id, active: true, events: app.events, app_id: app.id };
    await this.#webhooks.send(app, "ping", undefined, {
      zen: "Speak like a human.",
      hook_id: app.id,
      hook,
    });
  }

  #happened(happening: Happening): void {
    for (const listener of this.listeners) listener(happening);
  }

  async #announce(
    { event, action, sender, payload }: Announcement,
    repository: Repository,
    only?: App,
  ) {
    const heard = this.#state
      .installationsOn(repository)
      .filter(({ app }) => app.events.includes(event) && (only ?? app) === app);
    await Promise.all(
      heard.map(({ id, app }) =>
        this.#webhooks.send(app, event, action, {
          ...payload,
          repository: repositoryView(repository),
          installation: { id, node_id: nodeId("MDI", id) },
          sender: accountView(sender),
        }),
      ),
    );
  }
}

interface Announcement {
  readonly event: string;
  readonly action: string;
  readonly sender: Account;
  readonly payload: object;
}

function briefly({ id, name, fullName, isPrivate }: Repository) {
  return { id, node_id: nodeId("R", id), name, full_name: fullName, private: isPrivate };
}
