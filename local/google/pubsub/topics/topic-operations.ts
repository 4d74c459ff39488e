/** The methods of Pub/Sub about topics. */
import type { protos } from "@google-cloud/pubsub";
import type { Call } from "../../api.ts";
import { alreadyExists, masked, notFound } from "../fields.ts";
import { contentsOf } from "../messages.ts";
import { checkProject, checkTopic, projectOf } from "../names.ts";
import { pageByName } from "../pages.ts";
import type { PubSubState } from "../state.ts";
import type { Topic } from "./topics.ts";
import { MUTABLE_TOPIC_FIELDS, topicMessage, topicSettingsOf } from "./topic-settings.ts";

type PubSubCall = Call<PubSubState>;
type TopicMessage = protos.google.pubsub.v1.ITopic;

export function createTopic(request: TopicMessage, { state }: PubSubCall): TopicMessage {
  const name = checkTopic(request.name);
  const settings = topicSettingsOf(request);
  if (state.topics.has(name)) throw alreadyExists(name);
  return viewOf(state.addTopic(name, settings));
}

export function getTopic(
  request: protos.google.pubsub.v1.IGetTopicRequest,
  { state }: PubSubCall,
): TopicMessage {
  return viewOf(existingTopic(state, request.topic));
}

export function listTopics(
  request: protos.google.pubsub.v1.IListTopicsRequest,
  { state }: PubSubCall,
): protos.google.pubsub.v1.IListTopicsResponse {
  const project = checkProject(request.project);
  const topics = [...state.topics.values()].filter(({ name }) => projectOf(name) === project);
  const { items, ...next } = pageByName(topics, request);
  return { topics: items.map(viewOf), ...next };
}

export function updateTopic(
  { topic: wanted, updateMask }: protos.google.pubsub.v1.IUpdateTopicRequest,
  { state }: PubSubCall,
): TopicMessage {
  const topic = existingTopic(state, wanted?.name);
  const message = masked(viewOf(topic), wanted ?? {}, updateMask?.paths, MUTABLE_TOPIC_FIELDS);
  topic.settings = topicSettingsOf(message);
  return viewOf(topic);
}

export function deleteTopic(
  request: protos.google.pubsub.v1.IDeleteTopicRequest,
  { state }: PubSubCall,
): object {
  state.deleteTopic(existingTopic(state, request.topic));
  return {};
}

export function listTopicSubscriptions(
  request: protos.google.pubsub.v1.IListTopicSubscriptionsRequest,
  { state }: PubSubCall,
): protos.google.pubsub.v1.IListTopicSubscriptionsResponse {
  const { subscriptions } = existingTopic(state, request.topic);
  const { items, ...next } = pageByName(subscriptions, request);
  return { subscriptions: items.map(({ name }) => name), ...next };
}

export function publish(
  request: protos.google.pubsub.v1.IPublishRequest,
  { state }: PubSubCall,
): protos.google.pubsub.v1.IPublishResponse {
  const topic = existingTopic(state, request.topic);
  return { messageIds: state.courier.publish(topic, contentsOf(request.messages ?? [])) };
}

/** The topic of that name. Throws NOT_FOUND. */
export function existingTopic(state: PubSubState, name: string | null | undefined): Topic {
  const checked = checkTopic(name);
  const topic = state.topics.get(checked);
  if (topic === undefined) throw notFound(checked);
  return topic;
}

function viewOf({ name, settings }: Topic): TopicMessage {
  return topicMessage(name, settings);
}
