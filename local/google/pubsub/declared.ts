/** What a program declares of Pub/Sub. */
import type { protos } from "@google-cloud/pubsub";
import * as v from "valibot";
import * as kinds from "../../../infra/google/pubsub/kinds.ts";
import { DURATION, local, type DeclaresService } from "../service.ts";
import { offered, roles } from "./roles.ts";

export type Topic = protos.google.pubsub.v1.ITopic & { readonly name: string };
export type Subscription = protos.google.pubsub.v1.ISubscription & { readonly name: string };

interface PubSubSlice extends Record<string, (Topic | Subscription)[]> {
  readonly topic: Topic[];
  readonly subscription: Subscription[];
}

const TopicInputs = v.strictObject({ name: v.string(), project: v.string() });

const TOPIC_NAME = v.pipe(
  v.string(),
  v.check(
    (name) => kinds.topic.parse(name) !== undefined,
    "must be a full name, projects/P/topics/T",
  ),
);

const PushInputs = v.strictObject({
  name: v.string(),
  project: v.string(),
  topic: TOPIC_NAME,
  pushConfig: v.strictObject({
    pushEndpoint: v.string(),
    oidcToken: v.strictObject({ serviceAccountEmail: v.string(), audience: v.string() }),
  }),
  ackDeadlineSeconds: v.number(),
  retryPolicy: v.strictObject({ minimumBackoff: DURATION, maximumBackoff: DURATION }),
  deadLetterPolicy: v.optional(
    v.strictObject({ deadLetterTopic: TOPIC_NAME, maxDeliveryAttempts: v.number() }),
  ),
  messageRetentionDuration: DURATION,
  // Pulumi's "" is a policy without a time: the subscription never expires.
  expirationPolicy: v.strictObject({ ttl: v.literal("") }),
});

export const pubsub: DeclaresService<PubSubSlice> = {
  name: "pubsub",
  empty: () => ({ topic: [], subscription: [] }),
  roles,
  offered,
  declares: {
    "gcp:pubsub/topic:Topic": local(TopicInputs, ({ name, project }, slice) => {
      slice.topic.push({ name: kinds.topic.name({ project, topic: name }) });
    }),
    "gcp:pubsub/subscription:Subscription": local(PushInputs, (inputs, slice) => {
      const { project, name, topic, pushConfig, ackDeadlineSeconds, retryPolicy } = inputs;
      const { deadLetterPolicy, messageRetentionDuration } = inputs;
      slice.subscription.push({
        name: kinds.subscription.name({ project, subscription: name }),
        topic,
        pushConfig,
        ackDeadlineSeconds,
        retryPolicy,
        ...(deadLetterPolicy && { deadLetterPolicy }),
        messageRetentionDuration,
        expirationPolicy: {},
      });
    }),
  },
};
