/** Fields of requests. Source: cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts. */
import * as v from "valibot";
import { ApiError } from "../../../errors.ts";

/** The base64 of the JSON form of bytes, with either alphabet. */
const Base64 = v.pipe(
  v.string(),
  v.regex(/^[\w+/-]*={0,2}$/, "must be base64"),
  v.transform((text) => Buffer.from(text, "base64")),
);

const ACCOUNT = /^projects\/-\/serviceAccounts\/([^/\s]+)$/;

const common = {
  /** Who hands the permission on, from the caller to the account: their emails. */
  delegates: v.optional(
    v.array(
      v.pipe(
        v.string(),
        v.regex(ACCOUNT, "must be projects/-/serviceAccounts/EMAIL"),
        v.transform((name) => ACCOUNT.exec(name)?.[1] ?? ""),
      ),
    ),
    [],
  ),
  // The path names the account; who repeats the name here says the same.
  name: v.optional(v.string()),
};

const HOUR = 3600;

const Lifetime = v.pipe(
  v.string(),
  v.regex(/^\d{1,9}(\.\d{1,9})?s$/, "must be seconds, like 300s"),
  v.transform((text) => Number(text.slice(0, -1))),
  v.minValue(1, "must be at least a second"),
  // Longer needs an exception in the policy of an organization, which is not simulated.
  v.maxValue(HOUR, "The access token lifetime cannot exceed 3600 seconds."),
);

export const AccessTokenRequest = v.strictObject({
  ...common,
  scope: v.pipe(v.array(v.string()), v.minLength(1, "is required")),
  lifetime: v.optional(Lifetime, `${HOUR}s`),
});

export const IdTokenRequest = v.strictObject({
  ...common,
  audience: v.pipe(v.string(), v.nonEmpty("is required")),
  includeEmail: v.optional(v.boolean(), false),
  // Not in the documentation; google-auth-library sends it (impersonated.ts).
  useEmailAzp: v.optional(v.boolean(), false),
});

export const SignBlobRequest = v.strictObject({ ...common, payload: Base64 });

export const SignJwtRequest = v.strictObject({ ...common, payload: v.string() });

/** The request in a body. Throws INVALID_ARGUMENT with every field that is wrong. */
export function read<Schema extends v.GenericSchema>(
  schema: Schema,
  body: string,
): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, jsonIn(body));
  if (parsed.success) return parsed.output;
  throw invalid(
    parsed.issues.map((issue) => `${v.getDotPath(issue) ?? "body"}: ${issue.message}`).join("; "),
  );
}

/** The claims that are to be signed. */
export function claimsIn(payload: string): Readonly<Record<string, unknown>> {
  const claims = jsonIn(payload);
  if (typeof claims !== "object" || claims === null || Array.isArray(claims)) {
    throw invalid("payload: must be a JSON object of claims");
  }
  return claims as Readonly<Record<string, unknown>>;
}

export function invalid(message: string): ApiError {
  return new ApiError("INVALID_ARGUMENT", message);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
