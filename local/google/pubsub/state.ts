/** All topics and subscriptions there are. */
import type { Courier } from "./delivery/courier.ts";
import type { SubscriptionSettings } from "./subscriptions/subscription-settings.ts";
import type { TopicSettings } from "./topics/topic-settings.ts";
import { Subscription, Topic } from "./topics/topics.ts";

export class PubSubState {
  readonly topics: Map<string, Topic>;
  readonly subscriptions = new Map<string, Subscription>();
  readonly courier: Courier;

  constructor(topics: Map<string, Topic>, courier: Courier) {
    this.topics = topics;
    this.courier = courier;
  }

  addTopic(name: string, settings: TopicSettings): Topic {
    const topic = new Topic(name, settings);
    this.topics.set(name, topic);
    return topic;
  }

  /** Its subscriptions stay, with what they hold. */
  deleteTopic(topic: Topic): void {
    this.topics.delete(topic.name);
    for (const subscription of topic.subscriptions) subscription.topic = undefined;
  }

  addSubscription(
    name: string,
    topic: Topic,
    settings: SubscriptionSettings,
    now: number,
  ): Subscription {
    const subscription = new Subscription(name, topic, settings, now);
    this.subscriptions.set(name, subscription);
    topic.subscriptions.add(subscription);
    this.courier.serve(subscription, () => this.deleteSubscription(subscription));
    return subscription;
  }

  /** New settings, in force at once. */
  configure(subscription: Subscription, settings: SubscriptionSettings): void {
    subscription.settings = settings;
    this.courier.serve(subscription, () => this.deleteSubscription(subscription));
  }

  deleteSubscription(subscription: Subscription): void {
    this.subscriptions.delete(subscription.name);
    subscription.topic?.subscriptions.delete(subscription);
    this.courier.forget(subscription);
  }
}
