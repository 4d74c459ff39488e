import type { Envelope } from "./model.ts";
import type { EventStream } from "./stream.ts";
import type { Space } from "./state.ts";

/** The streams that are open. */
export class Streams {
  readonly #open = new Set<EventStream>();

  get all(): readonly EventStream[] {
    return [...this.#open];
  }

  add(stream: EventStream): void {
    this.#open.add(stream);
  }

  remove(stream: EventStream): void {
    this.#open.delete(stream);
  }

  /** Sends an event to all who stream the project. */
  publish(space: Space, event: Envelope): void {
    for (const stream of this.all) {
      if (stream.space === space) stream.send([event]);
    }
  }

  endAll(ending: "end" | "break"): void {
    for (const stream of this.all) stream.end(ending);
  }
}
