import type { Deliveries, Standing } from "./ports.ts";

/** How many finished keys are remembered; the oldest are forgotten first. */
const MAX_REMEMBERED = 10_000;

/**
 * Deliveries remembered in the memory of this process: **one instance only**. A second instance, or a restart, does the
 * work of a redelivered task again; a worker whose work must not happen twice keeps its keys in a database.
 */
export class DeliveriesInMemory implements Deliveries {
  readonly #running = new Set<string>();
  readonly #finished = new Set<string>();
  readonly #maxRemembered: number;

  constructor(maxRemembered = MAX_REMEMBERED) {
    this.#maxRemembered = maxRemembered;
  }

  begin(key: string): Promise<Standing> {
    if (this.#finished.has(key)) return Promise.resolve("done");
    if (this.#running.has(key)) return Promise.resolve("running");
    this.#running.add(key);
    return Promise.resolve("new");
  }

  finish(key: string): Promise<void> {
    this.#running.delete(key);
    this.#finished.add(key);
    for (const oldest of this.#finished) {
      if (this.#finished.size <= this.#maxRemembered) break;
      this.#finished.delete(oldest);
    }
    return Promise.resolve();
  }

  abandon(key: string): Promise<void> {
    this.#running.delete(key);
    return Promise.resolve();
  }
}
