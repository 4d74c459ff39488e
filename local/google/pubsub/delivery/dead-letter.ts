/** Messages that were delivered too often. Source: cloud.google.com/pubsub/docs/dead-letter-topics. */
import { ApiError } from "../../../errors.ts";
import type { Cloud } from "../../api.ts";
import type { Entry, Message } from "../backlog.ts";
import { shortId } from "../fields.ts";
import { projectOf } from "../names.ts";
import type { Content, Subscription, Topic } from "../topics/topics.ts";
import { agentOf } from "./agent.ts";

/** Whether the message has had all its deliveries. */
export function isExhausted({ settings }: Subscription, { failures }: Entry): boolean {
  return settings.deadLetter !== undefined && failures >= settings.deadLetter.maxAttempts;
}

/**
 * Whether Pub/Sub's agent may publish to the dead-letter topic and acknowledge on the subscription. Without either the
 * message stays where it is (`--iam report` lets it pass, and says so).
 */
export function mayForward(cloud: Cloud, subscription: Subscription, topic: Topic): boolean {
  try {
    cloud.authorize({
      principal: agentOf(cloud),
      permission: "pubsub.topics.publish",
      resource: topic.name,
    });
    cloud.authorize({
      principal: agentOf(cloud),
      permission: "pubsub.subscriptions.consume",
      resource: subscription.name,
    });
    return true;
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}

/**
 * The message with the attributes that Pub/Sub adds. Their forms are those of public recordings: a short subscription id,
 * a time with an offset in place of `Z`. That the ordering key is kept is inferred.
 */
export function forwarded(subscription: Subscription, { message, failures }: Entry): Content {
  const { data, attributes, orderingKey } = message;
  return {
    data,
    attributes: {
      ...attributes,
      CloudPubSubDeadLetterSourceDeliveryCount: String(failures),
      CloudPubSubDeadLetterSourceSubscription: shortId(subscription.name),
      CloudPubSubDeadLetterSourceSubscriptionProject: shortId(projectOf(subscription.name)),
      CloudPubSubDeadLetterSourceTopicPublishTime: timeOf(message),
    },
    orderingKey,
  };
}

function timeOf({ publishedAt }: Message): string {
  return new Date(publishedAt).toISOString().replace("Z", "+00:00");
}
