import type { Timers } from "../../functions/runtime/timers.ts";

interface Alarm {
  readonly at: number;
  readonly action: () => void;
}

/** A time in which hours pass in no time: whenever nothing happens any more, it jumps to the next alarm. */
export class VirtualTime {
  /** Milliseconds since the epoch. */
  now: number;
  #alarms: Alarm[] = [];

  constructor(now = Date.parse("2026-01-01T12:00:00Z")) {
    this.now = now;
  }

  /** How many alarms are set. */
  get pending(): number {
    return this.#alarms.length;
  }

  /** Calls an action once, so many milliseconds from now, unless what it returns is called before. */
  at(milliseconds: number, action: () => void): () => void {
    const alarm = { at: this.now + Math.max(0, milliseconds), action };
    const index = this.#alarms.findLastIndex(({ at }) => at <= alarm.at);
    this.#alarms.splice(index + 1, 0, alarm);
    return () => {
      this.#alarms = this.#alarms.filter((each) => each !== alarm);
    };
  }

  /** Resolves that much later. */
  pass(milliseconds: number): Promise<void> {
    return new Promise((resolve) => void this.at(milliseconds, resolve));
  }

  /** Lets time pass until the promise is settled; throws once that would take longer than so many milliseconds. */
  async until<T>(promise: Promise<T>, maxMilliseconds = 24 * 3_600_000): Promise<T> {
    const latest = this.now + maxMilliseconds;
    let isSettled = false;
    const settle = (): void => {
      isSettled = true;
    };
    promise.then(settle, settle);
    const isOver = (): boolean => isSettled;
    for (;;) {
      // All that follows from what happened, since nothing in it waits for anything but promises.
      await new Promise(setImmediate);
      if (isOver()) return promise;
      const next = this.#alarms.shift();
      if (next === undefined) throw new Error("Nothing will ever happen again.");
      if (next.at > latest) throw new Error("It takes longer than it may.");
      this.now = next.at;
      next.action();
    }
  }

  /** Timers of a process that may be killed: from then on none fires. */
  timers(isAlive: () => boolean = () => true): Timers {
    const after: Timers["after"] = (seconds, action) =>
      this.at(seconds * 1000, () => {
        if (isAlive()) action();
      });
    return {
      after,
      wait: (seconds, signal) =>
        new Promise((resolve, reject) => {
          const fail = (): void => {
            cancel();
            reject(new Error("The wait was ended."));
          };
          const cancel = after(seconds, () => {
            signal?.removeEventListener("abort", fail);
            resolve();
          });
          if (signal?.aborted === true) fail();
          else signal?.addEventListener("abort", fail);
        }),
      every: (seconds, action) => {
        let cancel = (): void => undefined;
        let isStopped = false;
        const next = (): void => {
          cancel = after(seconds, () => {
            void action().then(() => {
              if (!isStopped) next();
            });
          });
        };
        next();
        return () => {
          isStopped = true;
          cancel();
        };
      },
    };
  }
}
