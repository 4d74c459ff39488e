/** One function per method, and what its caller has to be allowed. */
import type * as v from "valibot";
import { ApiError } from "../../../errors.ts";
import type { Caller } from "../../../iam/types.ts";
import type { Cloud } from "../../api.ts";
import {
  AccessTokenRequest,
  IdTokenRequest,
  SignBlobRequest,
  SignJwtRequest,
  claimsIn,
  invalid,
  read,
} from "./fields.ts";

interface Asked {
  readonly caller: Caller;
  readonly cloud: Cloud;
  /** The account in whose name. */
  readonly email: string;
}

type Method = (body: string, asked: Asked) => unknown;

export const METHODS: Readonly<Record<string, Method>> = {
  generateAccessToken: method(AccessTokenRequest, "getAccessToken", generateAccessToken),
  generateIdToken: method(IdTokenRequest, "getOpenIdToken", generateIdToken),
  signBlob: method(SignBlobRequest, "signBlob", signBlob),
  signJwt: method(SignJwtRequest, "signJwt", signJwt),
};

/** Tokens here are of that scope only; what an account may do with one is IAM's to say. */
const CLOUD_PLATFORM = "https://www.googleapis.com/auth/cloud-platform";

/** Scopes that give nothing more. */
const HARMLESS_SCOPES = new Set([
  CLOUD_PLATFORM,
  "https://www.googleapis.com/auth/userinfo.email",
  "openid",
]);

/** "If the claims include exp, it must be … no more than 12 hours in the future." */
const MAX_JWT_SECONDS = 12 * 60 * 60;

function generateAccessToken(
  { scope, lifetime }: v.InferOutput<typeof AccessTokenRequest>,
  { cloud, email }: Asked,
): unknown {
  const narrower = scope.find((each) => !HARMLESS_SCOPES.has(each));
  if (narrower !== undefined || !scope.includes(CLOUD_PLATFORM)) {
    const what = narrower ?? scope.join(" ");
    throw new ApiError("UNIMPLEMENTED", `A token of the scope ${what} alone is not simulated.`);
  }
  const principal = `serviceAccount:${email}` as const;
  const { token, expiresAt } = cloud.identity.accessToken({ principal, lifetime });
  const expireTime = new Date(expiresAt * 1000).toISOString().replace(".000Z", "Z");
  return { accessToken: token, expireTime };
}

async function generateIdToken(
  { audience, includeEmail, useEmailAzp }: v.InferOutput<typeof IdTokenRequest>,
  { cloud, email }: Asked,
): Promise<unknown> {
  const claims = { withEmail: includeEmail, emailAsParty: useEmailAzp };
  return { token: await cloud.identity.idToken({ email, audience, ...claims }) };
}

async function signBlob(
  { payload }: v.InferOutput<typeof SignBlobRequest>,
  { cloud, email }: Asked,
): Promise<unknown> {
  const { id, sign } = await cloud.identity.accountKeys.of(email);
  return { keyId: id, signedBlob: sign(payload).toString("base64") };
}

async function signJwt(
  { payload }: v.InferOutput<typeof SignJwtRequest>,
  { cloud, email }: Asked,
): Promise<unknown> {
  checkExpiry(claimsIn(payload).exp);
  const { id, sign } = await cloud.identity.accountKeys.of(email);
  const header = JSON.stringify({ alg: "RS256", kid: id, typ: "JWT" });
  const signed = [header, payload].map((part) => Buffer.from(part).toString("base64url")).join(".");
  const signature = sign(Buffer.from(signed)).toString("base64url");
  return { keyId: id, signedJwt: `${signed}.${signature}` };
}

/** Tokens are of wall time, whatever clock the simulators follow. */
function checkExpiry(exp: unknown): void {
  if (exp === undefined) return;
  if (typeof exp !== "number" || !Number.isInteger(exp)) throw invalid("exp: must be an integer");
  const left = exp - Date.now() / 1000;
  if (left <= 0) throw invalid("exp: must not be in the past");
  if (left > MAX_JWT_SECONDS) throw invalid("exp: must be at most 12 hours in the future");
}

function method<Schema extends v.GenericSchema<unknown, { readonly delegates: readonly string[] }>>(
  schema: Schema,
  permission: string,
  operation: (request: v.InferOutput<Schema>, asked: Asked) => unknown,
): Method {
  return (body, asked) => {
    const request = read(schema, body);
    authorize(request.delegates, `iam.serviceAccounts.${permission}`, asked);
    return operation(request, asked);
  };
}

/**
 * The caller must be allowed, or the first delegate, who then must be allowed by the next, and so on to the account.
 * Source: cloud.google.com/iam/docs/create-short-lived-credentials-delegated. That an account is missing is told to
 * whoever asks (google-github-actions/auth#471).
 */
function authorize(
  delegates: readonly string[],
  permission: string,
  { caller, cloud, email }: Asked,
): void {
  for (const each of [...delegates, email]) {
    if (cloud.hasServiceAccount(each)) continue;
    throw new ApiError("NOT_FOUND", `Not found; Gaia id not found for email ${each}`);
  }
  let asking = caller;
  for (const delegate of delegates) {
    const resource = resourceOf(delegate, cloud);
    cloud.authorize({ ...asking, permission: "iam.serviceAccounts.implicitDelegation", resource });
    asking = { principal: `serviceAccount:${delegate}` };
  }
  cloud.authorize({ ...asking, permission, resource: resourceOf(email, cloud) });
}

function resourceOf(email: string, { projectId }: Cloud): string {
  return `projects/${projectId}/serviceAccounts/${email}`;
}
