/** One open event stream. */
import type { Readable } from "node:stream";
import type { Clock, Timer } from "../../clock.ts";
import type { StreamFault } from "./faults.ts";
import type { Envelope, Workspace } from "./model.ts";
import { PacedBody } from "./paced-body.ts";
import type { Space } from "./state.ts";

export interface StreamOptions {
  readonly clock: Clock;
  readonly space: Space;
  /** Undefined: one that never gets an event. */
  readonly workspace: Workspace | undefined;
  /** Only events after this `create_time`; undefined: all; null: none, ever. */
  readonly after: string | undefined | null;
  readonly heartbeatMs: number;
  /** Milliseconds from one note to the next that the workspace is in use; undefined: none is made. */
  readonly livenessMs: number | undefined;
  /** As many bytes at once, or unread, end the stream. */
  readonly burstBytes: () => number;
  readonly takeFault: () => StreamFault | undefined;
  readonly onEnd: () => void;
}

export class EventStream {
  readonly #options: StreamOptions;
  readonly #body = new PacedBody();
  readonly #timers = new Set<Timer>();
  readonly openedAt: number;
  #sent = 0;
  #lastId: string | undefined;
  #isOpen = true;
  #isStalled = false;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.openedAt = options.clock.now();
    this.#every(options.heartbeatMs, () => this.write(": keep-alive\n\n"));
    if (options.livenessMs !== undefined) {
      this.#noteUse();
      this.#every(options.livenessMs, () => this.#noteUse());
    }
    this.#body.readable.once("close", () => this.end());
  }

  get body(): Readable {
    return this.#body.readable;
  }

  get space(): Space {
    return this.#options.space;
  }

  get workspaceId(): string | undefined {
    return this.#options.workspace?.id;
  }

  /** Events sent, repetitions included. */
  get sent(): number {
    return this.#sent;
  }

  /** Of the last event sent. */
  get lastId(): string | undefined {
    return this.#lastId;
  }

  /** Sends events at once, those that the stream is for. */
  send(events: readonly Envelope[]): void {
    let burst = 0;
    for (const event of events) {
      if (!this.#isOpen) return;
      if (this.#isFor(event)) burst += this.#sendOne(event);
      const bytes = Math.max(burst, this.#body.unread);
      if (bytes >= this.#options.burstBytes()) this.end();
    }
  }

  /** Sends bytes as they are, be they a part of an event or none. */
  write(bytes: Buffer | string): void {
    if (!this.#isOpen || this.#isStalled) return;
    this.#body.write(Buffer.from(bytes));
  }

  /** Ends the stream after what was written; `break` breaks its connection instead. */
  end(ending: "end" | "break" = "end"): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const timer of this.#timers) timer.cancel();
    this.#body.end(ending);
    this.#options.onEnd();
  }

  /** Returns the bytes of it. */
  #sendOne(event: Envelope): number {
    const fault = this.#options.takeFault();
    if (fault === "stall") this.#isStalled = true;
    if (this.#isStalled) return 0;
    const frame = Buffer.from(frameOf(event));
    if (fault === "drop") {
      this.write(frame.subarray(0, frame.length >> 1));
      this.end("break");
      return frame.length;
    }
    const copies = fault === "duplicate" ? [frame, frame] : [frame];
    copies.forEach((copy) => this.write(copy));
    this.#sent += copies.length;
    this.#lastId = event.id;
    if (fault === "disconnect") this.end();
    return frame.length * copies.length;
  }

  #isFor(event: Envelope): boolean {
    const { workspace, after } = this.#options;
    if (workspace === undefined || after === null) return false;
    if (workspace.sessionId !== null && workspace.sessionId !== event.sessionId) return false;
    return after === undefined || event.create_time > after;
  }

  #noteUse(): void {
    const { workspace, clock } = this.#options;
    if (workspace !== undefined) workspace.live_at = clock.now();
  }

  #every(ms: number, action: () => void): void {
    const { clock } = this.#options;
    const timer = clock.at(clock.now() + ms, () => {
      this.#timers.delete(timer);
      action();
      this.#every(ms, action);
    });
    this.#timers.add(timer);
  }
}

/** Exactly these lines in this order; the client's resumption stands on the first. */
function frameOf({ id, type, data }: Envelope): string {
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}
