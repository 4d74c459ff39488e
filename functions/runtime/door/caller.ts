import type { IncomingHttpHeaders } from "node:http";
import type { OAuth2Client } from "google-auth-library";
import { HttpError } from "../errors.ts";
import { lazy } from "../lazy.ts";

/**
 * What stands in place of the signature after Cloud Run checked the invoker of a private service
 * (https://cloud.google.com/run/docs/troubleshooting#signature-removed).
 */
const REMOVED_SIGNATURE = "SIGNATURE_REMOVED_BY_GOOGLE";
// https://developers.google.com/identity/openid-connect/openid-connect#validatinganidtoken
const ISSUERS = ["https://accounts.google.com", "accounts.google.com"];
/** Same allowance as google-auth-library's OAuth2Client. */
const CLOCK_SKEW_SECONDS = 300;

interface CallerRules {
  /** Our own origin, `https://<name>-<project number>.<region>.run.app`. */
  readonly audience: string;
  /** E-mail addresses of the accounts that may call. */
  readonly emails: readonly string[];
  /** True only where Cloud Run lets no request through but those of `run.invoker`. */
  readonly isPrivate: boolean;
  /** Makes the client that verifies signatures, at first use. Default: google-auth-library's. */
  readonly client?: () => Promise<OAuth2Client>;
}

interface Claims {
  readonly iss?: unknown;
  readonly aud?: unknown;
  readonly email?: unknown;
  readonly email_verified?: unknown;
  readonly exp?: unknown;
  readonly iat?: unknown;
}

/**
 * Makes the check of a role's callers: 401 for a missing or bad token, 403 for a caller who is not listed, 503 where
 * Google's certificates cannot be had. No message holds any part of a token.
 */
export function callerCheck(rules: CallerRules): (headers: IncomingHttpHeaders) => Promise<void> {
  const client = lazy(rules.client ?? newClient);
  return async (headers) => {
    const token = bearerOf(headers);
    const email = emailOf(token, rules.audience);
    const isVouchedFor = rules.isPrivate && token.endsWith(`.${REMOVED_SIGNATURE}`);
    if (!isVouchedFor) await verifySignature(await client(), token, rules.audience);
    if (!rules.emails.includes(email)) {
      throw new HttpError(403, "forbidden", "This caller may not call this service.");
    }
  };
}

async function newClient(): Promise<OAuth2Client> {
  const { OAuth2Client } = await import("../google/oauth2-client.ts");
  return new OAuth2Client();
}

function unauthenticated(message: string): HttpError {
  return new HttpError(401, "unauthenticated", message, {
    headers: { "www-authenticate": "Bearer" },
  });
}

// Where both are sent, Cloud Run checks X-Serverless-Authorization
// (https://cloud.google.com/run/docs/authenticating/service-to-service).
function bearerOf(headers: IncomingHttpHeaders): string {
  const value = headers["x-serverless-authorization"] ?? headers.authorization;
  const match = /^bearer +(\S+)$/i.exec(typeof value === "string" ? value : "");
  if (match?.[1] === undefined) throw unauthenticated("A bearer ID token is required.");
  return match[1];
}

/** Checks every claim that needs no key, and returns the caller's address. */
function emailOf(token: string, audience: string): string {
  const claims = claimsOf(token);
  const now = Date.now() / 1000;
  if (!ISSUERS.includes(String(claims.iss)))
    throw unauthenticated("The token's issuer is not Google.");
  if (claims.aud !== audience) throw unauthenticated("The token's audience is not this service.");
  if (typeof claims.exp !== "number" || claims.exp + CLOCK_SKEW_SECONDS < now) {
    throw unauthenticated("The token is expired.");
  }
  if (typeof claims.iat !== "number" || claims.iat - CLOCK_SKEW_SECONDS > now) {
    throw unauthenticated("The token is not valid yet.");
  }
  if (typeof claims.email !== "string" || claims.email_verified !== true) {
    throw unauthenticated("The token has no verified e-mail address.");
  }
  return claims.email;
}

function claimsOf(token: string): Claims {
  const parts = token.split(".");
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts[1] ?? "", "base64url").toString());
    if (parts.length === 3 && typeof claims === "object" && claims !== null) return claims;
  } catch {
    // Answered below, like a token of the wrong shape.
  }
  throw unauthenticated("The token is malformed.");
}

async function verifySignature(
  client: OAuth2Client,
  token: string,
  audience: string,
): Promise<void> {
  try {
    await client.getFederatedSignonCertsAsync();
  } catch {
    const message = "Google's certificates cannot be fetched.";
    throw new HttpError(503, "certificates_unavailable", message, { retryAfterSeconds: 5 });
  }
  try {
    // Fetches no second time: the client keeps the certificates for as long as Google says.
    await client.verifyIdToken({ idToken: token, audience });
  } catch {
    throw unauthenticated("The token's signature is not valid.");
  }
}
