/** The messages that a subscription has not seen acknowledged. Times are milliseconds since the epoch. */
import type { Timer } from "../../clock.ts";

export interface Message {
  /** Unique within Pub/Sub. */
  readonly id: string;
  readonly data: Buffer;
  readonly attributes: Readonly<Record<string, string>>;
  /** Empty where there is none. */
  readonly orderingKey: string;
  readonly publishedAt: number;
}

/** What became of one delivery. */
export type Outcome =
  | { readonly kind: "acked" }
  | { readonly kind: "retry"; readonly inMs: number }
  | { readonly kind: "dead-lettered" }
  /** Its subscription is no more. */
  | { readonly kind: "gone" };

/** One delivery of a message, until it is acknowledged, refused, or its deadline passes. */
export interface Lease {
  readonly entry: Entry;
  readonly ackId: string;
  /** Called once, when the delivery is over. */
  readonly ended: (outcome: Outcome) => void;
}

/** One message of one subscription. */
export interface Entry {
  readonly message: Message;
  /** Grows with every message of the subscription. */
  readonly order: number;
  /** Deliveries that were refused, or whose deadline passed. */
  failures: number;
  /** While it is with a consumer. */
  lease: Lease | undefined;
  /** Ends the lease, or the wait for the next delivery. */
  timer: Timer | undefined;
}

/**
 * Hands out messages. Those of one ordering key are handed out one after another, each after the one before it was
 * acknowledged: so a message that is delivered again is followed by all after it, as
 * cloud.google.com/pubsub/docs/ordering says. A pull of the service may hand out several of a key at once, in order.
 */
export class Backlog {
  readonly #entries = new Map<number, Entry>();
  /** In the order in which they are handed out. */
  readonly #ready = new Set<Entry>();
  /** Ordering key → messages, the first of which is handed out. */
  readonly #lines = new Map<string, Entry[]>();
  readonly #isOrdered: boolean;
  #order = 0;

  constructor(isOrdered: boolean) {
    this.#isOrdered = isOrdered;
  }

  get entries(): MapIterator<Entry> {
    return this.#entries.values();
  }

  find(order: number): Entry | undefined {
    return this.#entries.get(order);
  }

  /** Whether a message of that order was ever here. */
  hasKnown(order: number): boolean {
    return order < this.#order;
  }

  add(message: Message): void {
    const order = this.#order++;
    const entry: Entry = { message, order, failures: 0, lease: undefined, timer: undefined };
    this.#entries.set(order, entry);
    const line = this.#lineOf(entry);
    line?.push(entry);
    if (line === undefined || line.length === 1) this.#ready.add(entry);
  }

  /** The next message to hand out, those published before `since` forgotten. */
  take(since: number): Entry | undefined {
    this.expire(since);
    for (const entry of this.#ready) {
      this.#ready.delete(entry);
      return entry;
    }
    return undefined;
  }

  /** Forgets the messages published before `since`, up to the next one to hand out. */
  expire(since: number): void {
    for (const entry of this.#ready) {
      if (entry.message.publishedAt >= since) return;
      this.remove(entry);
    }
  }

  /** Lets a message that was handed out be handed out again. */
  putBack(entry: Entry): void {
    if (this.#entries.get(entry.order) === entry) this.#ready.add(entry);
  }

  /** Forgets a message; the next of its key takes its turn. */
  remove(entry: Entry): void {
    if (!this.#entries.delete(entry.order)) return;
    this.#ready.delete(entry);
    const line = this.#lineOf(entry);
    if (line === undefined) return;
    line.shift();
    const [next] = line;
    if (next === undefined) this.#lines.delete(entry.message.orderingKey);
    else this.#ready.add(next);
  }

  clear(): void {
    this.#entries.clear();
    this.#ready.clear();
    this.#lines.clear();
  }

  #lineOf({ message: { orderingKey } }: Entry): Entry[] | undefined {
    if (!this.#isOrdered || orderingKey === "") return undefined;
    const line = this.#lines.get(orderingKey) ?? [];
    this.#lines.set(orderingKey, line);
    return line;
  }
}
