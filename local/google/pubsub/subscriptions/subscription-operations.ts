/** The methods of Pub/Sub about subscriptions. */
import { randomUUID } from "node:crypto";
import type { protos } from "@google-cloud/pubsub";
import { ApiError } from "../../../errors.ts";
import type { Call } from "../../api.ts";
import { alreadyExists, masked, notFound } from "../fields.ts";
import { checkProject, checkSubscription, checkTopic, projectOf } from "../names.ts";
import { pageByName } from "../pages.ts";
import { pushSettingsOf } from "./push-settings.ts";
import type { PubSubState } from "../state.ts";
import type { Subscription } from "../topics/topics.ts";
import { MUTABLE_SUBSCRIPTION_FIELDS, subscriptionSettingsOf } from "./subscription-settings.ts";
import type { SubscriptionMessage, SubscriptionSettings } from "./subscription-settings.ts";
import { existingTopic } from "../topics/topic-operations.ts";

type PubSubCall = Call<PubSubState>;
interface Named {
  readonly subscription?: string | null;
}

export function createSubscription(
  request: SubscriptionMessage,
  call: PubSubCall,
): SubscriptionMessage {
  const { state, cloud, caller } = call;
  const topicName = checkTopic(request.topic);
  const name = nameOf(request);
  const settings = subscriptionSettingsOf(request);
  if (state.subscriptions.has(name)) throw alreadyExists(name);
  const permission = "pubsub.topics.attachSubscription";
  cloud.authorize({ ...caller, permission, resource: topicName });
  checkPushAccount(settings, call);
  checkDeadLetterTopic(state, settings);
  const topic = existingTopic(state, topicName);
  return state.addSubscription(name, topic, settings, cloud.clock.now()).view();
}

export function getSubscription(request: Named, { state }: PubSubCall): SubscriptionMessage {
  return existingSubscription(state, request.subscription).view();
}

export function listSubscriptions(
  request: protos.google.pubsub.v1.IListSubscriptionsRequest,
  { state }: PubSubCall,
): protos.google.pubsub.v1.IListSubscriptionsResponse {
  const project = checkProject(request.project);
  const all = [...state.subscriptions.values()].filter(({ name }) => projectOf(name) === project);
  const { items, ...next } = pageByName(all, request);
  return { subscriptions: items.map((subscription) => subscription.view()), ...next };
}

export function updateSubscription(
  { subscription: wanted, updateMask }: protos.google.pubsub.v1.IUpdateSubscriptionRequest,
  call: PubSubCall,
): SubscriptionMessage {
  const subscription = existingSubscription(call.state, wanted?.name);
  const paths = updateMask?.paths;
  const message = masked(subscription.view(), wanted ?? {}, paths, MUTABLE_SUBSCRIPTION_FIELDS);
  const settings = subscriptionSettingsOf(message);
  if (paths?.some((path) => path.startsWith("push_config"))) checkPushAccount(settings, call);
  checkDeadLetterTopic(call.state, settings);
  call.state.configure(subscription, settings);
  return subscription.view();
}

export function modifyPushConfig(
  request: protos.google.pubsub.v1.IModifyPushConfigRequest,
  call: PubSubCall,
): object {
  const subscription = existingSubscription(call.state, request.subscription);
  const settings = { ...subscription.settings, push: pushSettingsOf(request.pushConfig) };
  checkPushAccount(settings, call);
  call.state.configure(subscription, settings);
  return {};
}

export function deleteSubscription(request: Named, { state }: PubSubCall): object {
  state.deleteSubscription(existingSubscription(state, request.subscription));
  return {};
}

/** The subscription of that name. Throws NOT_FOUND. */
export function existingSubscription(
  state: PubSubState,
  name: string | null | undefined,
): Subscription {
  const checked = checkSubscription(name);
  const subscription = state.subscriptions.get(checked);
  if (subscription === undefined) throw notFound(checked);
  return subscription;
}

/** pubsub.proto, DeadLetterPolicy: "The operation will fail if the topic does not exist." */
export function checkDeadLetterTopic(
  state: PubSubState,
  { deadLetter }: SubscriptionSettings,
): void {
  if (deadLetter !== undefined) existingTopic(state, deadLetter.topic);
}

/** pubsub.proto, CreateSubscription: "If the name is not provided in the request, the server will assign a random name". */
function nameOf({ name, topic }: SubscriptionMessage): string {
  if (name !== null && name !== undefined && name !== "") return checkSubscription(name);
  return `${projectOf(checkTopic(topic))}/subscriptions/auto-${randomUUID()}`;
}

/**
 * Who makes Pub/Sub sign tokens of an account must be allowed to act as it (cloud.google.com/pubsub/docs/push). That an
 * account which is not there is NOT_FOUND is inferred.
 */
function checkPushAccount({ push }: SubscriptionSettings, { caller, cloud }: PubSubCall): void {
  const email = push?.oidcToken?.email;
  if (email === undefined) return;
  if (!cloud.hasServiceAccount(email)) {
    throw new ApiError("NOT_FOUND", `Service account ${email} does not exist.`);
  }
  cloud.authorize({
    ...caller,
    permission: "iam.serviceAccounts.actAs",
    resource: `projects/${cloud.projectId}/serviceAccounts/${email}`,
  });
}
