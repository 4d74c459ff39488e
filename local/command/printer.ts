/** The log on a terminal: one readable stream, or one JSON object a line. */
import { styleText } from "node:util";
import type { Log, LogEntry, Severity } from "../log.ts";

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

/** As much of an id as messages quote. */
const SAID_CHARACTERS = 8;

/** A UUID is shown whole, the name of a resource is not. */
const LONG_CHARACTERS = 36;

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
    .map(([name, value]) => shownField(name, value, message))
    .join("");
  const paint = (format: Parameters<typeof styleText>[0], text: string): string =>
    styleText(format, text, { stream });
  const head = `${paint("gray", time)} ${paint("bold", source.padEnd(SOURCE_WIDTH))}`;
  const mark = severity === "INFO" || severity === "DEBUG" ? "" : `${severity} `;
  return `${head} ${paint(COLOUR[severity], `${mark}${message}`)}${shown === "" ? "" : paint("gray", shown)}`;
}

/** What a person has not read in the message yet; programs get all of it. Stacks keep their lines. */
function shownField(name: string, value: unknown, message: string): string {
  if (typeof value === "object") return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (text.includes("\n")) return `\n${text}`;
  if (message.includes(text.slice(0, SAID_CHARACTERS))) return "";
  const isLong = text.length > LONG_CHARACTERS;
  return ` ${name}=${isLong ? `${text.slice(0, SAID_CHARACTERS)}…${text.slice(-SAID_CHARACTERS)}` : text}`;
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
