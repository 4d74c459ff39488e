/** The order of the log: what was done to a request comes after what its role says of it. */
import type { Log, LogEntry } from "../log.ts";

/**
 * Those who tell what became of a role's answer. They have it at once, while the role's own line still travels through
 * a pipe.
 */
const TELL_OF_ANSWERS: readonly string[] = ["cloudtasks", "pubsub", "github"];

/** Milliseconds that a role's line may take; no person notices them. */
const TRAVEL_MS = 50;

type Later = (action: () => void) => void;

const soon: Later = (action) => void setTimeout(action, TRAVEL_MS).unref();

/** Holds back lines about answers until the lines of those who gave them must have come. */
export class CauseFirst {
  readonly #log: Log;
  readonly #later: Later;
  readonly #held: LogEntry[] = [];

  /** `later` runs an action when a role's line must have come. Default: after 50 ms of wall time. */
  constructor(log: Log, later: Later = soon) {
    this.#log = log;
    this.#later = later;
  }

  readonly log: Log = (entry) => {
    if (!TELL_OF_ANSWERS.includes(entry.source)) {
      this.#log(entry);
      return;
    }
    this.#held.push(entry);
    this.#later(() => this.#release(1));
  };

  /** Says at once what is still held: nothing comes any more. */
  flush(): void {
    this.#release(this.#held.length);
  }

  #release(count: number): void {
    for (const entry of this.#held.splice(0, count)) this.#log(entry);
  }
}
