import { HttpError } from "./errors.ts";

/** Beyond this the recursive half of JSON (validation, stringify) comes near the end of the stack. */
export const MAX_JSON_DEPTH = 500;

interface JsonBody {
  readonly value: Readonly<Record<string, unknown>>;
  /** Top-level member → its value as it was written: order, spacing, numbers and all. Of equal names the last. */
  readonly sources: ReadonlyMap<string, string>;
}

/** Parses a request body: 400 for what is not UTF-8 or not JSON, 422 for what is no object or nested too deep. */
export function parseJsonObject(body: Buffer): JsonBody {
  const text = decode(body);
  const value = parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new HttpError(422, "invalid_body", "The body must be a JSON object.");
  }
  return { value: value as JsonBody["value"], sources: sourcesOf(text) };
}

const UTF8 = new TextDecoder("utf-8", { fatal: true });

function decode(body: Buffer): string {
  try {
    return UTF8.decode(body);
  } catch {
    throw new HttpError(400, "malformed_json", "The body is not valid UTF-8.");
  }
}

function parse(text: string): unknown {
  if (text.trim() === "") throw new HttpError(400, "malformed_json", "The body is empty.");
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HttpError(400, "malformed_json", `The body is not valid JSON${placeOf(error)}.`);
  }
}

// V8 quotes the text around the mistake; only the position is repeated, since a body may hold what no log should.
function placeOf(error: unknown): string {
  const found = /position (\d+)/.exec(error instanceof Error ? error.message : "");
  return found?.[1] === undefined ? "" : ` (position ${found[1]})`;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** One walk through the text of an object, which JSON.parse has already found well-formed; 422 for one that is too deep. */
function sourcesOf(text: string): Map<string, string> {
  const sources = new Map<string, string>();
  let depth = 0;
  let key = "";
  let start = -1;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (char === QUOTE) {
      const end = endOfString(text, at);
      if (depth === 1 && start === -1) key = text.slice(at, end + 1);
      at = end;
    } else if (char === OPEN_BRACE || char === OPEN_BRACKET) {
      depth += 1;
      if (depth > MAX_JSON_DEPTH) throw tooDeep();
    } else if (char === COLON) {
      if (depth === 1) start = at + 1;
    } else if (char === COMMA || char === CLOSE_BRACE || char === CLOSE_BRACKET) {
      if (depth === 1 && start !== -1) {
        // A name may be written with escapes.
        sources.set(JSON.parse(key) as string, text.slice(start, at).trim());
        start = -1;
      }
      if (char !== COMMA) depth -= 1;
    }
  }
  return sources;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (let char = text.charCodeAt(at); char !== QUOTE; char = text.charCodeAt(at)) {
    at += char === BACKSLASH ? 2 : 1;
  }
  return at;
}

function tooDeep(): HttpError {
  const message = `The body is nested deeper than ${MAX_JSON_DEPTH} levels.`;
  return new HttpError(422, "nested_too_deep", message);
}
