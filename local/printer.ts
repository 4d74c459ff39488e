/** The log on a terminal: one readable stream, or one JSON object a line. */
import { styleText } from "node:util";
import type { Log, LogEntry, Severity } from "./log.ts";

export interface PrinterOptions {
  /** One JSON object a line instead of text. */
  readonly json: boolean;
  /** Warnings and errors only. */
  readonly quiet: boolean;
  readonly stream: NodeJS.WriteStream;
}

const COLOUR: Readonly<Record<Severity, Parameters<typeof styleText>[0]>> = {
  DEBUG: "gray",
  INFO: "reset",
  NOTICE: "cyan",
  WARNING: "yellow",
  ERROR: "red",
};

const QUIET_SHOWS: readonly Severity[] = ["WARNING", "ERROR"];

/** Sources get a column; what is longer pushes its own line only. */
const SOURCE_WIDTH = 10;

/** Fields of Cloud Logging that say nothing to a person at a terminal. */
const HIDDEN_FIELD = /^(logging\.googleapis\.com\/|timestamp$|role$|httpRequest$)/;

export function printer({ json, quiet, stream }: PrinterOptions): Log {
  return (entry) => {
    if (quiet && !QUIET_SHOWS.includes(entry.severity)) return;
    const { source, severity, message, fields } = entry;
    stream.write(
      json
        ? `${JSON.stringify({ event: "log", time: new Date().toISOString(), source, severity, message, ...(fields && { fields }) })}\n`
        : `${readable(entry, stream)}\n`,
    );
  };
}

function readable(
  { source, severity, message, fields }: LogEntry,
  stream: NodeJS.WriteStream,
): string {
  const time = new Date().toTimeString().slice(0, 8);
  const shown = Object.entries(fields ?? {})
    .filter(([name]) => !HIDDEN_FIELD.test(name))
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" ");
  const paint = (format: Parameters<typeof styleText>[0], text: string): string =>
    styleText(format, text, { stream });
  const head = `${paint("gray", time)} ${paint("bold", source.padEnd(SOURCE_WIDTH))}`;
  const mark = severity === "INFO" || severity === "DEBUG" ? "" : `${severity} `;
  const tail = shown === "" ? "" : ` ${paint("gray", shown)}`;
  return `${head} ${paint(COLOUR[severity], `${mark}${message}`)}${tail}`;
}

/** Keeps what is said before the first line that people and programs wait for. */
export class LaterLog {
  #kept: LogEntry[] | undefined = [];
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  readonly log: Log = (entry) => {
    if (this.#kept === undefined) this.#log(entry);
    else this.#kept.push(entry);
  };

  /** Says what was kept, and everything further at once. */
  open(): void {
    const kept = this.#kept ?? [];
    this.#kept = undefined;
    for (const entry of kept) this.#log(entry);
  }
}
