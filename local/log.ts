/** One stream of everything the local cloud has to say; `main` prints it, tests read it. */

export type Severity = "DEBUG" | "INFO" | "NOTICE" | "WARNING" | "ERROR";

export interface LogEntry {
  /** Who speaks: a role (`enqueuer`), a simulator (`cloudtasks`), `iam`, `local`. */
  readonly source: string;
  readonly severity: Severity;
  readonly message: string;
  /** Structured values beside the message, as they would stand in Cloud Logging's jsonPayload. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

export type Log = (entry: LogEntry) => void;
