/** A topic, and the subscriptions that get what is published to it. */
import { randomUUID } from "node:crypto";
import type { ApiError } from "../../../errors.ts";
import { Backlog, type Message } from "../backlog.ts";
import { DELETED_TOPIC } from "../names.ts";
import { settingsMessage } from "../subscriptions/subscription-settings.ts";
import type {
  SubscriptionMessage,
  SubscriptionSettings,
} from "../subscriptions/subscription-settings.ts";
import type { TopicSettings } from "./topic-settings.ts";

export class Topic {
  readonly name: string;
  settings: TopicSettings;
  readonly subscriptions = new Set<Subscription>();

  constructor(name: string, settings: TopicSettings) {
    this.name = name;
    this.settings = settings;
  }
}

/** What takes messages of a subscription: its push endpoint, an open stream, a pull that waits. */
export interface Consumer {
  /** There may be messages now. */
  readonly wake: () => void;
  /** There will be no more. */
  readonly close: (reason: ApiError) => void;
}

export class Subscription {
  readonly name: string;
  /** Undefined once it is deleted. */
  topic: Topic | undefined;
  settings: SubscriptionSettings;
  readonly backlog: Backlog;
  /** Part of every ack id, so that those of other subscriptions are told. */
  readonly nonce = randomUUID().slice(0, 8);
  /** The one that has waited longest comes first. */
  readonly consumers = new Set<Consumer>();
  /** When it was last used, which keeps it from expiring. Milliseconds since the epoch. */
  usedAt: number;

  constructor(name: string, topic: Topic, settings: SubscriptionSettings, now: number) {
    this.name = name;
    this.topic = topic;
    this.settings = settings;
    this.backlog = new Backlog(settings.isOrdered);
    this.usedAt = now;
  }

  view(): SubscriptionMessage {
    const retentionMs = this.topic?.settings.retentionMs;
    return {
      name: this.name,
      topic: this.topic?.name ?? DELETED_TOPIC,
      ...settingsMessage(this.settings),
      ...(retentionMs !== undefined && {
        topicMessageRetentionDuration: { seconds: retentionMs / 1000 },
      }),
    };
  }
}

/** A message as its publisher makes it. */
export type Content = Pick<Message, "data" | "attributes" | "orderingKey">;
