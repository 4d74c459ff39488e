/**
 * How many requests of one push subscription may be under way. cloud.google.com/pubsub/docs/push: "Pub/Sub adjusts the
 * number of concurrent push requests using a slow-start algorithm. […] The push window increases on any successful
 * delivery and decreases on any failure. The system starts with a small single-digit window size." Here it starts at one,
 * doubles on a success and is halved by a failure.
 */
import { MAX_PUSH_WINDOW } from "../limits.ts";

export class PushWindow {
  #size = 1;

  get size(): number {
    return this.#size;
  }

  succeeded(): void {
    this.#size = Math.min(MAX_PUSH_WINDOW, this.#size * 2);
  }

  failed(): void {
    this.#size = Math.max(1, Math.floor(this.#size / 2));
  }
}
