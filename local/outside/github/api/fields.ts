/** Fields of a JSON body. */
import { GitHubError } from "./errors.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** A body that is no JSON object is refused as GitHub does. */
export function fieldsOf(body: Buffer): Fields {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    throw new GitHubError(400, "Problems parsing JSON");
  }
  if (!isFields(value)) throw new GitHubError(400, "Body should be a JSON object");
  return value;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Undefined when absent or null. */
export function optionalText(fields: Fields, name: string): string | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined || typeof value === "string") return value;
  throw invalidRequest(name, value, "a string");
}

export function requiredText(fields: Fields, name: string): string {
  const value = optionalText(fields, name);
  if (value !== undefined && value !== "") return value;
  throw new GitHubError(422, `Invalid request.\n\n"${name}" wasn't supplied.`);
}

/** Undefined when absent. */
export function optionalList<T>(
  fields: Fields,
  name: string,
  isItem: (item: unknown) => item is T,
): readonly T[] | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every(isItem)) return value;
  throw invalidRequest(name, value, "an array of the right items");
}

export const isText = (value: unknown): value is string => typeof value === "string";
export const isNumber = (value: unknown): value is number => typeof value === "number";

export function invalidRequest(name: string, value: unknown, wanted: string): GitHubError {
  const given = JSON.stringify(value);
  return new GitHubError(422, `Invalid request.\n\nFor '${name}', ${given} is not ${wanted}.`);
}
