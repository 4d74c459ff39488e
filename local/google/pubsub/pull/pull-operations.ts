/** The methods by which a subscriber fetches messages and says what became of them, one request at a time. */
import type { protos } from "@google-cloud/pubsub";
import { ApiError } from "../../../errors.ts";
import type { Call } from "../../api.ts";
import { invalid } from "../fields.ts";
import { MAX_ACK_DEADLINE_SECONDS, MAX_MESSAGES_PER_PULL, PULL_WAIT_MS } from "../limits.ts";
import { receivedMessage } from "../messages.ts";
import type { PubSubState } from "../state.ts";
import type { Consumer, Subscription } from "../topics/topics.ts";
import { existingSubscription } from "../subscriptions/subscription-operations.ts";

type PubSubCall = Call<PubSubState>;
type PullResponse = protos.google.pubsub.v1.IPullResponse;

/**
 * Answers with what is there, or waits a while for a first message. A client that gives up waiting is not noticed: what
 * comes in that time counts as delivered to it, and comes again after the ack deadline.
 */
export function pull(
  request: protos.google.pubsub.v1.IPullRequest,
  { state, cloud }: PubSubCall,
): PullResponse | Promise<PullResponse> {
  const subscription = pulledSubscription(state, request.subscription);
  const max = request.maxMessages ?? 0;
  if (max <= 0) throw invalid("max_messages must be a positive number.");
  const now = cloud.clock.now();
  subscription.usedAt = now;
  const first = take(state, subscription, Math.min(max, MAX_MESSAGES_PER_PULL));
  if (first.length > 0 || request.returnImmediately === true) return { receivedMessages: first };
  return new Promise((resolve, reject) => {
    const answer = (receivedMessages: typeof first): void => {
      timer.cancel();
      subscription.consumers.delete(waiting);
      resolve({ receivedMessages });
    };
    const waiting: Consumer = {
      wake: () => {
        const messages = take(state, subscription, Math.min(max, MAX_MESSAGES_PER_PULL));
        if (messages.length > 0) answer(messages);
      },
      close: (reason) => {
        timer.cancel();
        reject(reason);
      },
    };
    const timer = cloud.clock.at(now + PULL_WAIT_MS, () => answer([]));
    subscription.consumers.add(waiting);
  });
}

export function acknowledge(
  request: protos.google.pubsub.v1.IAcknowledgeRequest,
  { state, cloud }: PubSubCall,
): object {
  const subscription = existingSubscription(state, request.subscription);
  subscription.usedAt = cloud.clock.now();
  acknowledgeAll(state, subscription, idsOf(request));
  return {};
}

export function modifyAckDeadline(
  request: protos.google.pubsub.v1.IModifyAckDeadlineRequest,
  { state, cloud }: PubSubCall,
): object {
  const subscription = existingSubscription(state, request.subscription);
  subscription.usedAt = cloud.clock.now();
  const seconds = request.ackDeadlineSeconds ?? 0;
  modifyAll(
    state,
    subscription,
    idsOf(request).map((id) => [id, seconds]),
  );
  return {};
}

/** Acknowledges deliveries. Throws INVALID_ARGUMENT for an id that is none, after the good ones before it. */
export function acknowledgeAll(
  { courier }: PubSubState,
  subscription: Subscription,
  ackIds: readonly string[],
): void {
  for (const id of ackIds) courier.ack(subscription, id);
}

/** Gives deliveries other deadlines, in seconds from now; zero refuses one. Throws INVALID_ARGUMENT before it does anything. */
export function modifyAll(
  { courier }: PubSubState,
  subscription: Subscription,
  deadlines: readonly (readonly [ackId: string, seconds: number])[],
): void {
  for (const [, seconds] of deadlines) {
    if (seconds < 0 || seconds > MAX_ACK_DEADLINE_SECONDS) {
      throw invalid(
        `The ack deadline must be between 0 and ${MAX_ACK_DEADLINE_SECONDS} seconds, not ${seconds}.`,
      );
    }
  }
  for (const [id, seconds] of deadlines) {
    if (seconds === 0) courier.nack(subscription, id);
    else courier.extend(subscription, id, seconds);
  }
}

/** A subscription that may be pulled. Throws FAILED_PRECONDITION for one that is pushed, which is inferred. */
export function pulledSubscription(
  state: PubSubState,
  name: string | null | undefined,
): Subscription {
  const subscription = existingSubscription(state, name);
  if (subscription.settings.push === undefined) return subscription;
  throw new ApiError(
    "FAILED_PRECONDITION",
    "This method is not supported for this subscription type: it is pushed.",
  );
}

function take(
  { courier }: PubSubState,
  subscription: Subscription,
  max: number,
): protos.google.pubsub.v1.IReceivedMessage[] {
  const messages: protos.google.pubsub.v1.IReceivedMessage[] = [];
  while (messages.length < max) {
    const { ackDeadlineSeconds } = subscription.settings;
    const lease = courier.lease(subscription, ackDeadlineSeconds, () => undefined);
    if (lease === undefined) break;
    messages.push(receivedMessage(subscription, lease));
  }
  return messages;
}

function idsOf({ ackIds }: { readonly ackIds?: string[] | null }): readonly string[] {
  if (ackIds === null || ackIds === undefined || ackIds.length === 0) {
    throw invalid("No ack ids specified.");
  }
  return ackIds;
}
