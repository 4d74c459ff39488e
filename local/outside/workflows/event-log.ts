import type { Envelope } from "./model.ts";

/** A project's events in the order of `create_time`, and of ids where that is the same. */
export class EventLog {
  readonly #ordered: Envelope[] = [];
  readonly #byId = new Map<string, Envelope>();

  find(id: string): Envelope | undefined {
    return this.#byId.get(id);
  }

  /** Stores an event in place of one with the same id. Says whether there was none. */
  put(event: Envelope): boolean {
    const before = this.#byId.get(event.id);
    if (before !== undefined) this.remove(before);
    this.#byId.set(event.id, event);
    this.#ordered.splice(
      this.#indexWhere((each) => compare(each, event) > 0),
      0,
      event,
    );
    return before === undefined;
  }

  /** Removes this very event; one that has taken its place stays. */
  remove(event: Envelope): void {
    if (this.#byId.get(event.id) !== event) return;
    this.#byId.delete(event.id);
    this.#ordered.splice(
      this.#indexWhere((each) => compare(each, event) >= 0),
      1,
    );
  }

  /** Events after that time; all without one. */
  after(time: string | undefined): readonly Envelope[] {
    if (time === undefined) return [...this.#ordered];
    return this.#ordered.slice(this.#indexWhere((each) => each.create_time > time));
  }

  /** At most `limit` events of a session, beginning with that time. */
  ofSession(sessionId: string, from: string, limit: number): readonly Envelope[] {
    const found: Envelope[] = [];
    for (let i = this.#indexWhere((each) => each.create_time >= from); ; i++) {
      const event = this.#ordered[i];
      if (event === undefined || found.length >= limit) return found;
      if (event.sessionId === sessionId) found.push(event);
    }
  }

  /** The last `limit` events of a session. */
  recent(sessionId: string, limit: number): readonly Envelope[] {
    return this.#ordered.filter((event) => event.sessionId === sessionId).slice(-limit);
  }

  /** The first index for which it holds, which from there on always does. */
  #indexWhere(holds: (event: Envelope) => boolean): number {
    let low = 0;
    let high = this.#ordered.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const event = this.#ordered[middle];
      if (event === undefined || holds(event)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function compare(a: Envelope, b: Envelope): number {
  if (a.create_time !== b.create_time) return a.create_time < b.create_time ? -1 : 1;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}
