import type { ToolAnswer } from "./consumer/answer.ts";

/** Below the megabyte that the workflows service takes (producer contract, 3). */
const MAX_CALLBACK_BYTES = 1_000_000;

/** How often a result is cut before it is given up. */
const MAX_CUTS = 40;

/** The body of a callback: always a JSON object or array, since anything else is refused, and never too large. */
export function callbackBody(
  { result, error }: ToolAnswer,
  maxBytes: number = MAX_CALLBACK_BYTES,
): string {
  const isWrapped = typeof result !== "object" || result === null;
  const value = error !== undefined ? { result: null, error } : isWrapped ? { result } : result;
  try {
    return fitting(value, maxBytes);
  } catch {
    // JSON.parse takes what JSON.stringify has not the stack for.
    return JSON.stringify({ result: null, error: "The result is nested too deep." });
  }
}

function fitting(value: object, maxBytes: number): string {
  let body = JSON.stringify(value);
  let cut: unknown = value;
  for (let cuts = 0; Buffer.byteLength(body) > maxBytes; cuts += 1) {
    const longest = longestText(cut);
    const excess = Buffer.byteLength(body) - maxBytes;
    if (cuts === MAX_CUTS || longest.length < MIN_TEXT) return tooLarge(maxBytes);
    cut = withShorter(cut, longest, excess);
    body = JSON.stringify(cut);
  }
  return body;
}

/** Shorter ones are not worth cutting: the result is large for another reason. */
const MIN_TEXT = 200;

function tooLarge(maxBytes: number): string {
  return JSON.stringify({ result: null, error: `The result is larger than ${maxBytes} bytes.` });
}

function longestText(value: unknown): string {
  let longest = "";
  const look = (each: unknown): void => {
    if (typeof each === "string" && each.length > longest.length) longest = each;
    if (typeof each === "object" && each !== null) Object.values(each).forEach(look);
  };
  look(value);
  return longest;
}

/** The value with that text cut by so many bytes, or to the half where characters take more bytes than one. */
function withShorter(value: unknown, text: string, excess: number): unknown {
  const note = "\n... [truncated] ...";
  const kept = Math.max(Math.floor(text.length / 2), text.length - excess - note.length);
  const shorter = `${text.slice(0, Math.min(kept, text.length - note.length - 1)).toWellFormed()}${note}`;
  const change = (each: unknown): unknown => {
    if (each === text) return shorter;
    if (Array.isArray(each)) return each.map(change);
    if (typeof each !== "object" || each === null) return each;
    return Object.fromEntries(Object.entries(each).map(([name, part]) => [name, change(part)]));
  };
  return change(value);
}
