/** Pull requests: the same whether a person works on GitHub's pages or through its API, webhooks included. */
import type { Account, PullRequest, Repository } from "../state/model.ts";
import { authorAssociation } from "../state/state.ts";
import type { Stage } from "./discussion.ts";

interface Opened {
  readonly user: Account;
  readonly title: string;
  readonly body: string | null;
  readonly draft: boolean;
  readonly labels: readonly string[];
  readonly base: Tip;
  readonly head: Tip & { readonly repository: Repository };
}

/** A branch and its newest commit. */
interface Tip {
  readonly ref: string;
  readonly sha: string;
}

export interface OpenedPull {
  readonly pull: PullRequest;
  /** Resolves once all Apps have answered their webhooks. */
  readonly told: Promise<void>;
}

export function openPull(
  { state, clock, events }: Stage,
  repository: Repository,
  { user, title, body, draft, labels, base, head }: Opened,
): OpenedPull {
  const number = Math.max(0, ...repository.pulls.keys()) + 1;
  const now = clock.now();
  const pull: PullRequest = {
    id: state.nextId(),
    number,
    repository,
    title,
    body,
    user,
    authorAssociation: authorAssociation(repository, user),
    createdAt: now,
    updatedAt: now,
    closedAt: undefined,
    headRepository: head.repository,
    headOwner: head.repository.owner,
    headRef: head.ref,
    headSha: head.sha,
    baseRef: base.ref,
    baseSha: base.sha,
    draft,
    labels: [...labels],
    state: "open",
  };
  repository.pulls.set(number, pull);
  return { pull, told: events.pullRequest("opened", pull, user) };
}

/** Resolves once all Apps have answered their webhooks. */
export async function closePull(stage: Stage, pull: PullRequest, sender: Account): Promise<void> {
  pull.state = "closed";
  pull.closedAt = stage.clock.now();
  await tell(stage, "closed", pull, sender);
}

/** Takes up what was pushed to the branch meanwhile. Resolves once all Apps have answered their webhooks. */
export async function reopenPull(stage: Stage, pull: PullRequest, sender: Account): Promise<void> {
  const { headRepository, headRef, headSha } = pull;
  pull.headSha = headRepository?.branches.get(headRef) ?? headSha;
  pull.state = "open";
  pull.closedAt = undefined;
  await tell(stage, "reopened", pull, sender);
}

/** Announces what has become of it. Resolves once all Apps have answered their webhooks. */
export async function tell(
  { clock, events }: Stage,
  action: string,
  pull: PullRequest,
  sender: Account,
  more: object = {},
): Promise<void> {
  pull.updatedAt = clock.now();
  await events.pullRequest(action, pull, sender, more);
}
