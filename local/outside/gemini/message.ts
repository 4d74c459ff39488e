/** Messages of the API as JSON: names in either spelling, null for absent, and no field that the message does not have. */
import * as v from "valibot";
import { badFields } from "./errors.ts";

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A message with these fields, named in camelCase. */
export function message<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.pipe(
    v.custom<Fields>(isFields, "a message"),
    v.transform((given) =>
      Object.fromEntries(
        Object.entries(given)
          .filter(([, value]) => value !== null)
          .map(([name, value]) => [camelCase(name), value]),
      ),
    ),
    v.strictObject(entries),
  );
}

/** Throws a GeminiError that names each field that is wrong. */
export function messageOf<Schema extends v.GenericSchema>(
  schema: Schema,
  given: unknown,
): v.InferOutput<Schema> {
  const read = v.safeParse(schema, given);
  if (read.success) return read.output;
  throw badFields(read.issues.slice(0, 10).map(violation));
}

function violation(issue: v.GenericIssue): { field: string; description: string } {
  const keys = (issue.path ?? []).map(({ key }) =>
    typeof key === "string" ? key.slice(0, 100) : Number(key),
  );
  const names = keys.map((key) => (typeof key === "number" ? `[${key}]` : `.${snakeCase(key)}`));
  const isUnknown = issue.type === "strict_object" && issue.expected === "never";
  const within = (isUnknown ? names.slice(0, -1) : names).join("").replace(/^\./, "");
  if (!isUnknown) {
    const received = issue.received.slice(0, 100);
    return {
      field: within,
      description: `Invalid value at '${within}' (${issue.expected ?? issue.message}), ${received}`,
    };
  }
  const name = keys.at(-1) ?? "";
  const place = within === "" ? "" : ` at '${within}'`;
  return {
    field: within,
    description: `Invalid JSON payload received. Unknown name "${name}"${place}: Cannot find field.`,
  };
}

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
