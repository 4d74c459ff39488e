import type { Timers } from "../runtime/timers.ts";

/** Why a run ends. */
export type Cause =
  /** Nothing to do for so long. */
  | "idle"
  /** Its caller would wait no longer. */
  | "deadline"
  /** Somebody ordered it. */
  | "stopped"
  /** This process is to end. */
  | "stopping"
  /** Its caller went away. */
  | "gone"
  /** The lock went to another. */
  | "lock-taken"
  /** The lock could not be refreshed. */
  | "lock-expired"
  /** A service refuses us, whatever the event. */
  | "refused"
  /** The cursor cannot be moved. */
  | "cursor"
  /** The state bucket takes nothing. */
  | "state";

/** What is in flight is given up at once: another may be at work already. */
const AT_ONCE: readonly Cause[] = ["lock-taken", "lock-expired"];
/** What is in flight is given up after a while: the process, or its caller, is about to be gone. */
const SOON: readonly Cause[] = ["stopping", "gone"];

/** How a run ends: the first cause counts, and any later one may still hurry it. */
export class Ending {
  readonly #noMore = new AbortController();
  readonly #abandon = new AbortController();
  readonly #cause = Promise.withResolvers<Cause>();
  readonly #after: Timers["after"];
  readonly #graceSeconds: number;
  #cancels: (() => void)[] = [];
  #isEnded = false;
  #reason = "";

  constructor({ after }: Pick<Timers, "after">, graceSeconds: number) {
    this.#after = after;
    this.#graceSeconds = graceSeconds;
  }

  /** Aborted when nothing new is to be begun. */
  get noMore(): AbortSignal {
    return this.#noMore.signal;
  }

  /** Aborted when what is in flight is to be given up. */
  get abandon(): AbortSignal {
    return this.#abandon.signal;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Resolves with the first cause. */
  get cause(): Promise<Cause> {
    return this.#cause.promise;
  }

  /** What is to be said about the first cause; empty for nothing. */
  get reason(): string {
    return this.#reason;
  }

  end(cause: Cause, reason = ""): void {
    if (AT_ONCE.includes(cause)) this.#abandon.abort();
    if (SOON.includes(cause)) {
      this.#cancels.push(this.#after(this.#graceSeconds, () => this.#abandon.abort()));
    }
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#reason = reason;
    this.#noMore.abort();
    this.#cause.resolve(cause);
  }

  /** To be called once nothing is in flight any more. */
  close(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels = [];
  }
}
