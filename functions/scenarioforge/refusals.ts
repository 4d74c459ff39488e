// Refusals as clients of the original read them: `detail` beside the envelope of all roles (scenarioforge contract, 1).
import * as v from "valibot";
import { HttpError } from "../runtime/errors.ts";
import type { Beside } from "../runtime/door/reply.ts";
import { parseJsonObject } from "../runtime/json.ts";

/** `detail` is a sentence, unless an error says otherwise: those of the door too. */
export const detailOf: Beside = ({ message }) => ({ detail: message });

export function refused(status: number, code: string, message: string): HttpError {
  return new HttpError(status, code, message);
}

/** `detail` is a code with its sentence. */
export function coded(status: number, code: string, message: string): HttpError {
  const detail = { code, message };
  return new HttpError(status, code.toLowerCase(), message, { beside: { detail } });
}

export function unauthenticated(message: string): HttpError {
  return new HttpError(401, "unauthenticated", message, {
    headers: { "www-authenticate": "Bearer" },
  });
}

export const runNotFound = (): HttpError => refused(404, "not_found", "Run not found.");

const MAX_PROBLEMS = 20;

/** A JSON body of that shape: 400 for no JSON, 422 with every problem. Values are not repeated: one may be a key. */
export function bodyOf<const Schema extends v.GenericSchema<unknown, object>>(
  schema: Schema,
  body: Buffer,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, parseJsonObject(body).value);
  if (result.success) return result.output;
  const problems = result.issues.slice(0, MAX_PROBLEMS).map((issue) => {
    const path = (v.getDotPath(issue) ?? "").slice(0, 200);
    const isMissing = issue.kind === "schema" && issue.received === "undefined";
    const isUnknown = issue.kind === "schema" && issue.expected === "never";
    const msg = isUnknown ? "is not known here" : isMissing ? "is required" : problemOf(issue);
    const loc = path === "" ? ["body"] : ["body", ...path.split(".")];
    return { type: isMissing ? "missing" : "value_error", loc, msg };
  });
  const [first] = problems;
  const field = first?.loc.slice(1).join(".") ?? "";
  const message = `${field === "" ? "The body" : `\`${field}\``} ${first?.msg ?? "is not valid"}.`;
  throw new HttpError(422, "invalid_field", message, { field, beside: { detail: problems } });
}

/** Sentences of ours begin with a verb; valibot's own quote what was sent. */
function problemOf(issue: v.BaseIssue<unknown>): string {
  return issue.message.startsWith("Invalid") ? "is not valid" : issue.message;
}
