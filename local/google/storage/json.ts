/** JSON that came over the wire. */
import { invalid } from "./errors.ts";

export type Json = Readonly<Record<string, unknown>>;

/** The object in a request's body; empty where there is no body. Throws INVALID_ARGUMENT for anything else. */
export function jsonOf(body: Buffer): Json {
  const text = body.toString().trim();
  if (text === "") return {};
  const value = parsed(text);
  if (!isRecord(value)) throw invalid("Parse Error");
  return value;
}

export function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
