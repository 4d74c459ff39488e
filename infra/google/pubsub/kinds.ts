/** Pub/Sub. */
import type { ServiceAgent } from "../agent.ts";
import { kind } from "../kind.ts";

export const topic = kind({
  noun: "topic",
  template: "projects/{project}/topics/{topic}",
  member: { type: "gcp:pubsub/topicIAMMember:TopicIAMMember" },
});

export const subscription = kind({
  noun: "subscription",
  template: "projects/{project}/subscriptions/{subscription}",
  member: { type: "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember" },
});

export const agent: ServiceAgent = {
  name: "pubsub",
  api: "pubsub.googleapis.com",
  domain: "gcp-sa-pubsub",
  role: "roles/pubsub.serviceAgent",
  why: "signs the ID tokens that pushes carry",
  source: "cloud.google.com/iam/docs/service-agents, Cloud Pub/Sub Service Agent",
};
