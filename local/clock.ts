/**
 * The only timer in local/. Simulators schedule on it; a real clock drives it for a person, a test moves it by hand.
 * Tokens, certificates and whatever runs inside a role are wall time and do not ask here.
 */

export interface Timer {
  cancel(): void;
}

/** Work that a timer starts. While a returned promise is pending, a moved clock stands still. */
export type Action = () => void | Promise<void>;

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs the action once, at the given time (milliseconds since the epoch) or at once if that has passed. */
  at(time: number, action: Action): Timer;
  /** Forgets all timers. */
  stop(): void;
}

/** setTimeout fires at once for anything longer. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Wall time. Timers do not keep the process alive by themselves. */
export class RealClock implements Clock {
  readonly #timers = new Set<NodeJS.Timeout>();

  now(): number {
    return Date.now();
  }

  at(time: number, action: Action): Timer {
    let timeout: NodeJS.Timeout;
    const arm = (): void => {
      const wait = Math.max(0, time - Date.now());
      timeout = setTimeout(
        () => {
          this.#timers.delete(timeout);
          if (Date.now() < time) {
            arm();
            return;
          }
          void action();
        },
        Math.min(wait, MAX_TIMEOUT_MS),
      );
      timeout.unref();
      this.#timers.add(timeout);
    };
    arm();
    return {
      cancel: () => {
        clearTimeout(timeout);
        this.#timers.delete(timeout);
      },
    };
  }

  stop(): void {
    for (const timeout of this.#timers) clearTimeout(timeout);
    this.#timers.clear();
  }
}

interface Pending {
  readonly time: number;
  readonly order: number;
  readonly action: Action;
}

/** Time that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now: number;
  #order = 0;
  #timers: Pending[] = [];
  readonly #running = new Set<Promise<void>>();

  constructor(start = Date.parse("2026-01-01T00:00:00Z")) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  at(time: number, action: Action): Timer {
    const timer = { time: Math.max(time, this.#now), order: this.#order++, action };
    this.#timers.push(timer);
    // What is due now happens without anyone moving the clock, as it would in the cloud.
    if (timer.time === this.#now) queueMicrotask(() => this.#fire(timer));
    return { cancel: () => void this.#remove(timer) };
  }

  stop(): void {
    this.#timers = [];
  }

  /** Resolves when no work is running and nothing is due. Waits for requests to be answered, however long they take. */
  async settle(): Promise<void> {
    await this.#quiet(new Set());
  }

  /**
   * Moves time. Timers fire in order; the requests they cause are awaited before time moves on. Requests that were
   * unanswered when the call began count as hanging: time passes over them, so that their deadlines can fire. To let a
   * request answer first, `settle()` before. A request that hangs in an advance is ended by a further `advance` call.
   */
  async advance({ seconds }: { readonly seconds: number }): Promise<void> {
    const target = this.#now + seconds * 1000;
    const hanging = new Set(this.#running);
    for (;;) {
      await this.#quiet(hanging);
      const next = this.#next();
      if (next === undefined || next.time > target) break;
      this.#now = Math.max(this.#now, next.time);
      this.#fire(next);
    }
    this.#now = Math.max(this.#now, target);
  }

  async #quiet(hanging: ReadonlySet<Promise<void>>): Promise<void> {
    for (;;) {
      // A turn of the event loop lets microtasks and just-answered requests schedule what follows from them.
      await new Promise((resolve) => setImmediate(resolve));
      const awaited = [...this.#running].filter((work) => !hanging.has(work));
      if (awaited.length === 0) return;
      await Promise.race(awaited);
    }
  }

  #next(): Pending | undefined {
    return this.#timers.toSorted((a, b) => a.time - b.time || a.order - b.order)[0];
  }

  #remove(timer: Pending): boolean {
    const index = this.#timers.indexOf(timer);
    if (index >= 0) this.#timers.splice(index, 1);
    return index >= 0;
  }

  #fire(timer: Pending): void {
    if (!this.#remove(timer)) return;
    const work = timer.action();
    if (work === undefined) return;
    const running = work.finally(() => this.#running.delete(running));
    this.#running.add(running);
  }
}
