/**
 * What stands before every Cloud Run service: who is calling, may they, and what of their token the service gets to see.
 * Source: docs.cloud.google.com/run/docs/authenticating/service-to-service and …/troubleshooting#signature-removed
 */
import { ApiError } from "../errors.ts";
import {
  header,
  textResponse,
  withHeader,
  type LocalRequest,
  type LocalResponse,
} from "../http/message.ts";
import type { Authorize, Principal } from "../iam/types.ts";
import { stripSignature, type Issuer } from "../identity/issuer.ts";
import { principalOfEmail } from "../identity/principals.ts";

/** What a caller needs on the service. */
export const INVOKE = "run.routes.invoke";

/** This one wins where both are sent, and then Authorization is the application's own. */
const SERVERLESS_AUTHORIZATION = "X-Serverless-Authorization";
const AUTHORIZATION = "Authorization";

/**
 * The OAuth client of the gcloud CLI: the audience of what `gcloud auth print-identity-token` prints when none is asked
 * for. "Cloud Run trusts the gcloud client IDs as valid aud values" (GoogleCloudPlatform/cloud-run-proxy#8, also
 * googleapis/google-auth-library-java#469); cloud.google.com/run/docs/authenticating/developers tells developers to call
 * services with it.
 */
const GCLOUD_AUDIENCE = "32555940559.apps.googleusercontent.com";

export interface FrontEnd {
  /** The service's origin. */
  readonly url: string;
  /** `projects/P/locations/R/services/S` */
  readonly resource: string;
  /** Whether everyone may call, without a token. */
  readonly isPublic: () => boolean;
  readonly authorize: Authorize;
  readonly issuer: Pick<Issuer, "verifyIdToken">;
  /** Hears why a token was not taken; what a permission is missing for, IAM says. */
  readonly onUnauthorized: (reason: string) => void;
}

/** The request as the service may see it, or the refusal. */
export async function admit(
  request: LocalRequest,
  frontEnd: FrontEnd,
): Promise<{ readonly admitted: LocalRequest } | { readonly refused: LocalResponse }> {
  const { authorize, resource } = frontEnd;
  if (frontEnd.isPublic()) {
    authorize({ principal: "anonymous", permission: INVOKE, resource });
    return { admitted: request };
  }
  const name = header(request.headers, SERVERLESS_AUTHORIZATION)
    ? SERVERLESS_AUTHORIZATION
    : AUTHORIZATION;
  const token = /^Bearer (.+)$/i.exec(header(request.headers, name) ?? "")?.[1];

  const refuse = (why: string): { readonly refused: LocalResponse } => {
    frontEnd.onUnauthorized(why);
    return { refused: unauthorized(why) };
  };
  let principal: Principal = "anonymous";
  if (token !== undefined) {
    const identity = await frontEnd.issuer.verifyIdToken(token);
    if (identity === undefined) {
      return refuse("the token is not an ID token signed by Google, or has expired");
    }
    if (!isAudience(identity.audience, request.url, frontEnd.url)) {
      return refuse(
        `the token's audience is ${identity.audience}, but this service is ${frontEnd.url}`,
      );
    }
    principal = principalOfEmail(identity.email);
  }
  try {
    authorize({ principal, permission: INVOKE, resource });
  } catch (error) {
    if (error instanceof ApiError) return { refused: forbidden(request.url, error.message) };
    throw error;
  }
  if (token === undefined) return { admitted: request };
  const stripped = `Bearer ${stripSignature(token)}`;
  return { admitted: { ...request, headers: withHeader(request.headers, name, stripped) } };
}

/**
 * What Cloud Run takes for a token's audience, as far as there is evidence; anything else is refused.
 * - The service's URL, which "is always kept as an accepted audience value" (docs.cloud.google.com/run/docs/configuring/custom-audiences),
 *   also with a slash at its end, as Google's own samples have it (cloud.google.com/run/docs/samples/cloudrun-service-to-service-auth).
 * - The called URL with its path, which Cloud Tasks and Pub/Sub name where they are told no audience: seen to be taken,
 *   beside an arbitrary text that is not, in stackkit/laravel-google-cloud-tasks-queue#113.
 * - Never one with a query or a fragment: "Having these in the audience field will lead to 401" (googleapis/python-tasks#137).
 * - gcloud's.
 * None of our services declares custom audiences. Another path than the called one was not seen to be taken.
 */
function isAudience(audience: string, called: URL, origin: string): boolean {
  return [origin, `${origin}/`, `${origin}${called.pathname}`, GCLOUD_AUDIENCE].includes(audience);
}

function unauthorized(why: string): LocalResponse {
  const refusal = textResponse(
    401,
    `Your client does not have permission to the requested URL.\nSwitchyard: ${why}.`,
    [["www-authenticate", 'Bearer error="invalid_token"']],
  );
  return { ...refusal, why };
}

function forbidden(url: URL, reason: string): LocalResponse {
  const wording = `Your client does not have permission to get URL ${url.pathname} from this server.`;
  return textResponse(403, `${wording}\n${reason}`);
}
