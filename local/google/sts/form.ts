/** What an exchange is asked with: a form of OAuth 2.0 (RFC 8693), and Google's `options` in it. */
import * as v from "valibot";
import type { Boundary } from "../../iam/types.ts";

/** An error of OAuth 2.0 (RFC 6749, 5.2). */
export class OAuthError extends Error {
  override readonly name = "OAuthError";
  readonly code: "invalid_request" | "invalid_grant" | "unsupported_grant_type";

  constructor(code: OAuthError["code"], description: string) {
    super(description);
    this.code = code;
  }
}

export interface Exchange {
  readonly subjectToken: string;
  readonly boundary: Boundary;
}

const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange";
export const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

/** Ten rules of 2,048 characters have room in it many times over. */
export const MAX_BYTES = 128 * 1024;

const Options = v.strictObject({
  accessBoundary: v.strictObject({
    accessBoundaryRules: v.array(
      v.strictObject({
        availableResource: v.string(),
        availablePermissions: v.array(v.string()),
        availabilityCondition: v.exactOptional(
          v.strictObject({
            title: v.exactOptional(v.string()),
            description: v.exactOptional(v.string()),
            expression: v.string(),
          }),
        ),
      }),
    ),
  }),
});

/**
 * Throws `OAuthError` for whatever is missing, wrong, or not simulated.
 * @param body Undefined where it has more than `MAX_BYTES`.
 */
export function exchangeIn(body: Buffer | undefined): Exchange {
  if (body === undefined) throw invalid("The request is too large.");
  const fields = fieldsOf(body);
  if (fields.get("grant_type") !== GRANT_TYPE) {
    throw new OAuthError("unsupported_grant_type", `grant_type must be ${GRANT_TYPE}.`);
  }
  // External identities are exchanged by other types of token, which are not simulated.
  for (const type of ["subject_token_type", "requested_token_type"]) {
    if (fields.get(type) !== ACCESS_TOKEN) throw invalid(`${type} must be ${ACCESS_TOKEN}.`);
  }
  const subjectToken = fields.get("subject_token") ?? "";
  if (subjectToken === "") throw invalid("subject_token is required.");
  return { subjectToken, boundary: boundaryIn(fields.get("options") ?? "") };
}

const KNOWN = new Set([
  "grant_type",
  "subject_token_type",
  "requested_token_type",
  "subject_token",
  "options",
]);

function fieldsOf(body: Buffer): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(body.toString())) {
    if (!KNOWN.has(name)) throw invalid(`The field ${name.slice(0, 100)} is not simulated.`);
    if (fields.has(name)) throw invalid(`${name} is there more than once.`);
    fields.set(name, value);
  }
  return fields;
}

function boundaryIn(text: string): Boundary {
  const parsed = v.safeParse(Options, jsonIn(text));
  if (parsed.success) return parsed.output.accessBoundary.accessBoundaryRules;
  const [issue] = parsed.issues;
  throw invalid(`options: ${v.getDotPath(issue) ?? "JSON"}: ${issue.message}`);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function invalid(description: string): OAuthError {
  return new OAuthError("invalid_request", description);
}
