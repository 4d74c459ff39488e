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
} from "../http.ts";
import type { Authorize, Principal } from "../iam/types.ts";
import { stripSignature, type Issuer } from "../identity/issuer.ts";
import { principalOfEmail } from "../identity/principals.ts";

/** What a caller needs on the service. */
export const INVOKE = "run.routes.invoke";

/** This one wins where both are sent, and then Authorization is the application's own. */
const SERVERLESS_AUTHORIZATION = "X-Serverless-Authorization";
const AUTHORIZATION = "Authorization";

export interface FrontEnd {
  /** The service's origin, which is the only audience accepted. */
  readonly url: string;
  /** `projects/P/locations/R/services/S` */
  readonly resource: string;
  /** Whether everyone may call, without a token. */
  readonly isPublic: () => boolean;
  readonly authorize: Authorize;
  readonly issuer: Pick<Issuer, "verifyIdToken">;
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

  let principal: Principal = "anonymous";
  if (token !== undefined) {
    const identity = await frontEnd.issuer.verifyIdToken(token);
    if (identity === undefined) {
      return {
        refused: unauthorized("the token is not an ID token signed by Google, or has expired"),
      };
    }
    if (identity.audience !== frontEnd.url) {
      const reason = `the token's audience is ${identity.audience}, but this service is ${frontEnd.url}`;
      return { refused: unauthorized(reason) };
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

function unauthorized(reason: string): LocalResponse {
  return textResponse(
    401,
    `Your client does not have permission to the requested URL.\nSwitchyard: ${reason}.`,
    [["www-authenticate", 'Bearer error="invalid_token"']],
  );
}

function forbidden(url: URL, reason: string): LocalResponse {
  const wording = `Your client does not have permission to get URL ${url.pathname} from this server.`;
  return textResponse(403, `${wording}\n${reason}`);
}
