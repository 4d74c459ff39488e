import * as v from "valibot";
import { HttpError } from "../errors.ts";
import type { Incoming } from "./http-handler.ts";
import { parseJsonObject } from "../json.ts";
import type { Reply } from "./reply.ts";

/** The text of one top-level member of a body as it was sent. Throws for one that the body lacks. */
type SourceOf = (member: string) => string;

/** Parses and validates a JSON body: 400, 422. */
export function parseBody<const Schema extends v.GenericSchema<unknown, object>>(
  schema: Schema,
  body: Buffer,
): { readonly input: v.InferOutput<Schema>; readonly sourceOf: SourceOf } {
  const { value, sources } = parseJsonObject(body);
  const result = v.safeParse(schema, value);
  if (!result.success) throw invalid(result.issues[0]);
  const sourceOf = (member: string): string => {
    const source = sources.get(member);
    if (source === undefined)
      throw new Error(`The body has no ${member}; its schema must demand it.`);
    return source;
  };
  return { input: result.output, sourceOf };
}

function invalid(issue: v.BaseIssue<unknown>): HttpError {
  const field = v.getDotPath(issue) ?? undefined;
  // A member that is missing, and one that nobody asked for, are told apart by what the schema expected.
  const isUnknown = issue.kind === "schema" && issue.expected === "never";
  const isMissing = issue.kind === "schema" && issue.received === "undefined";
  const what = isUnknown ? "is not known here" : isMissing ? "is required" : issue.message;
  const name = field === undefined ? "The body" : `\`${field.slice(0, 200)}\``;
  return new HttpError(422, "invalid_field", `${name} ${what}.`, { field: field?.slice(0, 200) });
}

interface JsonHandlerOptions<Result> {
  /** What the log line of a request says about its result. Default: nothing. */
  readonly note?: (result: Result) => Readonly<Record<string, unknown>>;
}

/** A route's handler: JSON in, the logic's plain object out as 200 `{ok: true, ...object}`. */
export function jsonHandler<
  const Schema extends v.GenericSchema<unknown, object>,
  Result extends object,
>(
  schema: Schema,
  logic: (input: v.InferOutput<Schema>, sourceOf: SourceOf) => Promise<Result>,
  options: JsonHandlerOptions<Result> = {},
): (incoming: Incoming) => Promise<Reply> {
  return async ({ body }) => {
    const { input, sourceOf } = parseBody(schema, body);
    const result = await logic(input, sourceOf);
    return { status: 200, body: { ok: true, ...result }, note: options.note?.(result) };
  };
}
