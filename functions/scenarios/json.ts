// The forms in which runs are written, the same bytes as the original's (scenarioforge contract, 2.1 and 2.4).
import { createHash } from "node:crypto";
import { MAX_JSON_DEPTH } from "../runtime/json.ts";

export const JSON_TYPE = "application/json";
export const JSON_LINES_TYPE = "application/jsonl";

/** Of objects: two spaces, sorted keys. */
export function prettyJson(value: unknown): string {
  return JSON.stringify(sorted(value), undefined, 2);
}

/** Of the lines of events: `", "` and `": "` between, sorted keys, one line. */
export function spacedJson(value: unknown): string {
  return write(value, { colon: ": ", comma: ", ", quote: JSON.stringify });
}

/**
 * What hashes are made of: sorted keys, no spaces, ASCII, and numbers of the keys in `floats` as Python writes a float, so
 * that 1 is `1.0`.
 */
export function canonicalJson(value: unknown, floats: ReadonlySet<string> = new Set()): string {
  return write(value, { colon: ":", comma: ",", quote: asciiQuoted, floats });
}

export function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

/** The value in a JSON text; undefined where it is none, or one nested so deep that it could not be written again. */
export function parsedJson(bytes: Buffer | string): unknown {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return isWithin(value, MAX_JSON_DEPTH) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The objects in a text of JSON lines. A line that is none is left out: others write these files too. */
export function jsonLines(bytes: Buffer | string): Record<string, unknown>[] {
  return bytes
    .toString()
    .split("\n")
    .map(parsedJson)
    .filter((row) => isRecord(row));
}

function isWithin(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((each) => isWithin(each, depth - 1));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** As Python's `isoformat()` has a time in UTC: microseconds and `+00:00`. `now`: milliseconds since the epoch. */
export function timestamp(now: number): string {
  return new Date(now).toISOString().replace("Z", "000+00:00");
}

interface Form {
  readonly colon: string;
  readonly comma: string;
  readonly quote: (text: string) => string;
  readonly floats?: ReadonlySet<string>;
}

function write(value: unknown, form: Form, key = ""): string {
  if (Array.isArray(value)) {
    return `[${value.map((each) => write(each, form)).join(form.comma)}]`;
  }
  if (isRecord(value)) {
    const members = entriesOf(value).map(
      ([name, each]) => `${form.quote(name)}${form.colon}${write(each, form, name)}`,
    );
    return `{${members.join(form.comma)}}`;
  }
  if (typeof value === "string") return form.quote(value);
  if (typeof value === "number" && form.floats?.has(key) === true) return pythonFloat(value);
  return JSON.stringify(value ?? null);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(entriesOf(value).map(([name, each]) => [name, sorted(each)]));
}

function entriesOf(value: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function asciiQuoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[^\x20-\x7e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** `repr` of a Python float: both have the shortest digits that say which number it is, in other clothes. */
function pythonFloat(value: number): string {
  const [digits = "", exponent = "0"] = value.toExponential().split("e");
  const power = Number(exponent);
  if (power >= -4 && power < 16) {
    const plain =
      power < 0 ? value.toFixed(digits.replace(/[-.]/g, "").length - 1 - power) : String(value);
    return plain.includes(".") ? plain : `${plain}.0`;
  }
  const sign = power < 0 ? "-" : "+";
  return `${digits}e${sign}${String(Math.abs(power)).padStart(2, "0")}`;
}
