/**
 * Schemas of answers: `responseJsonSchema` (JSON Schema) and `responseSchema` (OpenAPI, types in capitals, `nullable`), read
 * alike. Keywords that are in neither of Google's lists are passed over, as they are there
 * (ai.google.dev/gemini-api/docs/structured-output).
 */
import { invalid } from "../errors.ts";
import { isFields, type Fields } from "../message.ts";

export type Kind = "object" | "array" | "string" | "number" | "integer" | "boolean" | "null";

const KINDS = new Set<string>([
  "object",
  "array",
  "string",
  "number",
  "integer",
  "boolean",
  "null",
] satisfies Kind[]);

/** One schema with its references followed. */
export interface Schema {
  readonly kind: Kind;
  readonly raw: Fields;
  /** Values that it is limited to; none: no limit. */
  readonly values: readonly unknown[];
  /** In the order in which they are answered. */
  readonly properties: readonly (readonly [name: string, schema: unknown])[];
  readonly required: ReadonlySet<string>;
}

/** References in references, each of which may be one to itself. */
const MAX_REFERENCES = 20;

/** Reads a schema within the whole one. `pick` chooses one of several that would do. Throws a GeminiError. */
export function schemaOf(
  given: unknown,
  root: unknown,
  pick: (options: readonly unknown[]) => unknown,
): Schema {
  let raw = followed(given, root);
  for (let i = 0; i < MAX_REFERENCES; i++) {
    const options = [raw.anyOf, raw.oneOf].find((each) => Array.isArray(each) && each.length > 0);
    if (!Array.isArray(options)) break;
    const wanted = options.filter((each) => !isNull(each));
    raw = {
      ...raw,
      anyOf: undefined,
      oneOf: undefined,
      ...followed(pick(wanted.length > 0 ? wanted : options), root),
    };
  }
  const properties = isFields(raw.properties) ? Object.entries(raw.properties) : [];
  const order = textsOf(raw.propertyOrdering);
  const place = (name: string): number => (order.includes(name) ? order.indexOf(name) : Infinity);
  return {
    kind: kindOf(raw),
    raw,
    values: "const" in raw ? [raw.const] : Array.isArray(raw.enum) ? (raw.enum as unknown[]) : [],
    properties:
      order.length === 0
        ? properties
        : properties.toSorted(([a], [b]) => (place(a) === place(b) ? 0 : place(a) - place(b))),
    required: new Set(textsOf(raw.required)),
  };
}

/** A keyword's number, which OpenAPI in JSON may have as text (int64). */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

function followed(given: unknown, root: unknown): Fields {
  let schema = given;
  for (let i = 0; i < MAX_REFERENCES; i++) {
    // JSON Schema: `true` is anything.
    if (schema === true || schema === undefined) return { type: "string" };
    if (!isFields(schema)) throw invalid("A schema is an object.");
    if (typeof schema.$ref !== "string") return schema;
    schema = target(schema.$ref, root);
  }
  throw invalid("A reference in the response schema leads to itself.");
}

function target(reference: string, root: unknown): unknown {
  if (!/^#(\/|$)/.test(reference)) {
    throw invalid(
      `The reference ${reference.slice(0, 100)} in the response schema is not supported.`,
    );
  }
  let found = root;
  for (const step of reference.split("/").slice(1)) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    if (!isFields(found) || !Object.hasOwn(found, name)) {
      throw invalid(
        `The reference ${reference.slice(0, 100)} in the response schema leads nowhere.`,
      );
    }
    found = found[name];
  }
  return found;
}

function kindOf(raw: Fields): Kind {
  const named = (Array.isArray(raw.type) ? (raw.type as unknown[]) : [raw.type]).filter(
    (each) => each !== undefined,
  );
  const kinds = named.map((each) => {
    const kind = typeof each === "string" ? each.toLowerCase() : "";
    if (isKind(kind)) return kind;
    throw invalid(
      `The response schema has a type that there is not: ${JSON.stringify(each).slice(0, 100)}.`,
    );
  });
  const wanted = kinds.find((kind) => kind !== "null") ?? kinds[0];
  if (wanted !== undefined) return wanted;
  if (isFields(raw.properties)) return "object";
  return "items" in raw || "prefixItems" in raw ? "array" : "string";
}

function isKind(text: string): text is Kind {
  return KINDS.has(text);
}

function isNull(schema: unknown): boolean {
  return (
    isFields(schema) && typeof schema.type === "string" && schema.type.toLowerCase() === "null"
  );
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
