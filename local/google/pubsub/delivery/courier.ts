/**
 * Brings messages from topics to consumers and learns what became of them: deadlines, retries, dead letters. Every
 * message that is not at hand, because it is out or because it waits, has one timer on the cloud's clock.
 */
import type { Timer } from "../../../clock.ts";
import { ApiError } from "../../../errors.ts";
import type { Cloud } from "../../api.ts";
import type { Entry, Lease, Message, Outcome } from "../backlog.ts";
import { invalid, notFound } from "../fields.ts";
import type { Content, Subscription, Topic } from "../topics/topics.ts";
import { retryDelayMs } from "./backoff.ts";
import { forwarded, isExhausted, mayForward } from "./dead-letter.ts";
import { Pusher } from "./pusher.ts";

export class Courier {
  readonly #cloud: Cloud;
  readonly #topics: ReadonlyMap<string, Topic>;
  readonly #served = new Map<Subscription, { expiry?: Timer; pusher?: Pusher }>();
  #lastId = 0;
  #isStopped = false;

  constructor(cloud: Cloud, topics: ReadonlyMap<string, Topic>) {
    this.#cloud = cloud;
    this.#topics = topics;
  }

  /** Hands the messages to the topic's subscriptions. Returns their ids. */
  publish(topic: Topic, contents: readonly Content[]): string[] {
    const publishedAt = this.#cloud.clock.now();
    const messages = contents.map((content): Message => ({
      ...content,
      id: String(++this.#lastId),
      publishedAt,
    }));
    for (const subscription of topic.subscriptions) {
      const { filter, retentionMs } = subscription.settings;
      // Nobody may ever come for them.
      subscription.backlog.expire(publishedAt - retentionMs);
      for (const message of messages) {
        if (filter?.matches(message.attributes) ?? true) subscription.backlog.add(message);
      }
      this.wake(subscription);
    }
    return messages.map(({ id }) => id);
  }

  /**
   * Takes a new subscription, or the new settings of one, into use: pushes if it is to be pushed, and calls `expired`
   * when nobody used it for too long.
   */
  serve(subscription: Subscription, expired: () => void): void {
    const served = this.#served.get(subscription) ?? {};
    this.#served.set(subscription, served);
    const isPushed = subscription.settings.push !== undefined;
    if (isPushed && served.pusher === undefined) {
      served.pusher = new Pusher(this.#cloud, this, subscription);
      subscription.consumers.add(served.pusher);
    } else if (!isPushed && served.pusher !== undefined) {
      served.pusher.close();
      subscription.consumers.delete(served.pusher);
      delete served.pusher;
    }
    this.#watch(subscription, expired);
    this.wake(subscription);
  }

  /** Offers what is ready to the consumers, each in turn. */
  wake(subscription: Subscription): void {
    if (this.#isStopped) return;
    for (const consumer of [...subscription.consumers]) {
      if (!subscription.consumers.delete(consumer)) continue;
      subscription.consumers.add(consumer);
      consumer.wake();
    }
  }

  /** The next message for a consumer, to be acknowledged within the time; undefined where there is none. */
  lease(subscription: Subscription, seconds: number, ended: Lease["ended"]): Lease | undefined {
    if (this.#isStopped) return undefined;
    const { backlog, nonce, settings } = subscription;
    const now = this.#cloud.clock.now();
    const entry = backlog.take(now - settings.retentionMs);
    if (entry === undefined) return undefined;
    subscription.usedAt = now;
    const ackId = encoded(nonce, entry);
    const lease = { entry, ackId, ended };
    entry.lease = lease;
    this.#expireIn(subscription, lease, seconds);
    return lease;
  }

  /**
   * Acknowledges a delivery. One whose deadline has passed counts too, unless the message is out again by then
   * (pubsub.proto, Acknowledge: it "may succeed"). Throws INVALID_ARGUMENT for an id that Pub/Sub never gave out.
   */
  ack(subscription: Subscription, ackId: string): void {
    const entry = this.#entryOf(subscription, ackId);
    if (entry === undefined || (entry.lease !== undefined && entry.lease.ackId !== ackId)) return;
    this.#finish(subscription, entry, { kind: "acked" });
    this.wake(subscription);
  }

  /** Refuses a delivery: a deadline of zero. Throws as `ack` does. */
  nack(subscription: Subscription, ackId: string): void {
    const entry = this.#entryOf(subscription, ackId);
    if (entry?.lease?.ackId === ackId) this.#fail(subscription, entry.lease);
  }

  /** Gives a delivery so many seconds from now. A delivery that is over stays so. Throws as `ack` does. */
  extend(subscription: Subscription, ackId: string, seconds: number): void {
    const entry = this.#entryOf(subscription, ackId);
    if (entry?.lease?.ackId === ackId) this.#expireIn(subscription, entry.lease, seconds);
  }

  /** Drops a subscription that is deleted, with all that is under way. */
  forget(subscription: Subscription, reason: ApiError = notFound(subscription.name)): void {
    this.#served.get(subscription)?.expiry?.cancel();
    this.#served.delete(subscription);
    for (const consumer of subscription.consumers) consumer.close(reason);
    subscription.consumers.clear();
    for (const entry of [...subscription.backlog.entries]) {
      this.#finish(subscription, entry, { kind: "gone" });
    }
    subscription.backlog.clear();
  }

  /** Ends what is under way and delivers nothing more. */
  stop(): void {
    this.#isStopped = true;
    const reason = new ApiError("UNAVAILABLE", "Pub/Sub stopped.");
    for (const subscription of this.#served.keys()) this.forget(subscription, reason);
  }

  #expireIn(subscription: Subscription, lease: Lease, seconds: number): void {
    const { clock } = this.#cloud;
    lease.entry.timer?.cancel();
    lease.entry.timer = clock.at(clock.now() + seconds * 1000, () =>
      this.#fail(subscription, lease),
    );
  }

  /** Ends a delivery that was refused, or whose deadline has passed. */
  #fail(subscription: Subscription, lease: Lease): void {
    const { entry, ended } = lease;
    entry.timer?.cancel();
    entry.lease = undefined;
    entry.failures += 1;
    if (isExhausted(subscription, entry) && this.#deadLetter(subscription, entry)) {
      ended({ kind: "dead-lettered" });
      this.wake(subscription);
      return;
    }
    const { clock } = this.#cloud;
    const inMs = retryDelayMs(subscription.settings, entry.failures);
    const again = (): void => {
      subscription.backlog.putBack(entry);
      this.wake(subscription);
    };
    if (inMs === 0) subscription.backlog.putBack(entry);
    else entry.timer = clock.at(clock.now() + inMs, again);
    ended({ kind: "retry", inMs });
    if (inMs === 0) this.wake(subscription);
  }

  #deadLetter(subscription: Subscription, entry: Entry): boolean {
    const name = subscription.settings.deadLetter?.topic ?? "";
    const topic = this.#topics.get(name);
    if (topic === undefined) {
      const message = `${subscription.name} has lost its dead-letter topic ${name}: a message that should go there stays.`;
      this.#cloud.log({ source: "pubsub", severity: "ERROR", message });
      return false;
    }
    if (!mayForward(this.#cloud, subscription, topic)) return false;
    this.#finish(subscription, entry, { kind: "dead-lettered" });
    this.publish(topic, [forwarded(subscription, entry)]);
    return true;
  }

  /** The message is done with, whether it is out or waits. */
  #finish({ backlog }: Subscription, entry: Entry, outcome: Outcome): void {
    const { lease, timer } = entry;
    timer?.cancel();
    entry.lease = undefined;
    backlog.remove(entry);
    lease?.ended(outcome);
  }

  /** Undefined for a message that is acknowledged already. */
  #entryOf({ nonce, backlog }: Subscription, ackId: string): Entry | undefined {
    const order = orderOf(nonce, ackId);
    if (order !== undefined && backlog.hasKnown(order)) return backlog.find(order);
    throw invalid(`You have passed an invalid ack ID to the service (ack_id=${ackId}).`);
  }

  /** pubsub.proto, ExpirationPolicy. An open stream or a pull that waits counts as use; a push endpoint does not. */
  #watch(subscription: Subscription, expired: () => void): void {
    const served = this.#served.get(subscription);
    if (served === undefined) return;
    served.expiry?.cancel();
    const { clock, log } = this.#cloud;
    const at = subscription.usedAt + subscription.settings.expiresAfterMs;
    if (at === Infinity) return;
    served.expiry = clock.at(at, () => {
      const isHeld = subscription.consumers.size > (served.pusher === undefined ? 0 : 1);
      if (isHeld) subscription.usedAt = clock.now();
      if (subscription.usedAt + subscription.settings.expiresAfterMs > clock.now()) {
        this.#watch(subscription, expired);
        return;
      }
      const message = `${subscription.name} expired: nobody used it.`;
      log({ source: "pubsub", severity: "WARNING", message });
      expired();
    });
  }
}

/** Names the delivery, so that an answer to an earlier one is told from an answer to this. */
function encoded(nonce: string, { order, failures }: Entry): string {
  return Buffer.from(`${nonce}.${order}.${failures}`).toString("base64url");
}

function orderOf(nonce: string, ackId: string): number | undefined {
  const [, given, order] =
    /^(\w+)\.(\d+)\.\d+$/.exec(Buffer.from(ackId, "base64url").toString()) ?? [];
  return given === nonce ? Number(order) : undefined;
}
