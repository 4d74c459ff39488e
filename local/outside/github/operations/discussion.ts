/** Comments and labels: the same whether a person or an App writes them, webhooks included. */
import type { Clock } from "../../../clock.ts";
import type { Events } from "../events.ts";
import type { Account, App, Comment, PullRequest } from "../state/model.ts";
import { authorAssociation, type State } from "../state/state.ts";
import { nodeId } from "../views/common.ts";

export interface Stage {
  readonly state: State;
  readonly clock: Clock;
  readonly events: Events;
}

interface Written {
  readonly user: Account;
  readonly app?: App;
  readonly body: string;
}

export interface AddedComment {
  readonly comment: Comment;
  /** Resolves once all Apps have answered their webhooks. */
  readonly told: Promise<void>;
}

export function addComment(
  { state, clock, events }: Stage,
  pull: PullRequest,
  { user, app, body }: Written,
): AddedComment {
  const id = state.nextId();
  const now = clock.now();
  const comment: Comment = {
    id,
    nodeId: nodeId("IC", id),
    pull,
    user,
    authorAssociation: authorAssociation(pull.repository, user),
    app,
    createdAt: now,
    updatedAt: now,
    body,
    minimized: undefined,
  };
  pull.repository.comments.set(id, comment);
  return { comment, told: events.comment("created", comment, user) };
}

export function setCommentBody(
  stage: Stage,
  comment: Comment,
  body: string,
  sender: Account,
): void {
  const changes = { body: { from: comment.body } };
  comment.body = body;
  comment.updatedAt = stage.clock.now();
  void stage.events.comment("edited", comment, sender, { changes });
}

export function removeComment(stage: Stage, comment: Comment, sender: Account): void {
  comment.pull.repository.comments.delete(comment.id);
  void stage.events.comment("deleted", comment, sender);
}

/** One webhook for each label that was not there yet. Resolves once they are answered. */
export async function addLabels(
  { events, clock }: Stage,
  pull: PullRequest,
  labels: readonly string[],
  sender: Account,
): Promise<void> {
  const added = labels.filter((label) => !pull.labels.includes(label));
  pull.labels.push(...added);
  pull.updatedAt = clock.now();
  await Promise.all(added.map((label) => events.labeled(pull, label, sender)));
}
