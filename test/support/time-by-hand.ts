import type { Timers } from "../../functions/runtime/timers.ts";

/** A time that moves only when it is told to, and the timers that go by it. */
export class TimeByHand {
  /** Milliseconds since the epoch. */
  now: number;
  readonly #repeated = new Set<() => Promise<void>>();
  readonly #alarms = new Set<{ readonly at: number; readonly action: () => void }>();

  constructor(now = 0) {
    this.now = now;
  }

  /** Everything that repeats happens once, some seconds later. */
  async tick(seconds = 20): Promise<void> {
    this.now += seconds * 1000;
    const due = [...this.#alarms].filter(({ at }) => at <= this.now);
    for (const alarm of due) {
      this.#alarms.delete(alarm);
      alarm.action();
    }
    await Promise.all([...this.#repeated].map((action) => action()));
  }

  /** Nothing that was begun goes on, as after a kill. */
  stopAll(): void {
    this.#repeated.clear();
    this.#alarms.clear();
  }

  /** How many things repeat or are still to come. */
  get repeating(): number {
    return this.#repeated.size + this.#alarms.size;
  }

  readonly every: Timers["every"] = (_seconds, action) => {
    this.#repeated.add(action);
    return () => void this.#repeated.delete(action);
  };

  readonly after: Timers["after"] = (seconds, action) => {
    const alarm = { at: this.now + seconds * 1000, action };
    this.#alarms.add(alarm);
    return () => void this.#alarms.delete(alarm);
  };
}
