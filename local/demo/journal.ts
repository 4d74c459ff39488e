/** Everything the local cloud has said, with the moment it was said. */
import type { Log, LogEntry } from "../log.ts";

export interface Noted extends LogEntry {
  /** Milliseconds since this process began. */
  readonly at: number;
}

const LOOK_MS = 100;

export class Journal {
  readonly #entries: Noted[] = [];
  readonly #listeners = new Set<(entry: Noted) => void>();

  /** Takes an entry down; the log of the local cloud. */
  readonly log: Log = (entry) => {
    const noted = { ...entry, at: performance.now() };
    this.#entries.push(noted);
    for (const listener of this.#listeners) listener(noted);
  };

  get entries(): readonly Noted[] {
    return this.#entries;
  }

  /** Calls the listener with every entry from now on. Returns the function that ends it. */
  subscribe(listener: (entry: Noted) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Resolves with true as soon as the condition holds, with false after the time given. Rejects on the signal. What
   * leaves no entry is looked at ten times a second.
   */
  async until(condition: () => boolean, seconds: number, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    if (condition()) return true;
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    const look = (): void => {
      if (condition()) resolve(true);
    };
    const unsubscribe = this.subscribe(look);
    const looking = setInterval(look, LOOK_MS);
    const timer = setTimeout(() => resolve(false), seconds * 1000);
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await promise;
    } finally {
      unsubscribe();
      clearInterval(looking);
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    }
  }
}
