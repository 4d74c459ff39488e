/**
 * The addresses at which Google publishes the keys of its ID tokens, so that any library's own verification works:
 * developers.google.com/identity/openid-connect/openid-connect#discovery.
 */
import type { RequestListener, ServerResponse } from "node:http";
import { ISSUER, type Issuer } from "./issuer.ts";

/** Host names that `serveGoogleKeys` answers for. */
export const GOOGLE_KEY_HOSTS = ["www.googleapis.com", "accounts.google.com"] as const;

/** Google's answers may be kept for hours; so may these, since the key lives as long as the process. */
const CACHE_CONTROL = "public, max-age=3600, must-revalidate, no-transform";

/** Where the keys of service accounts are. Source: cloud.google.com/iam/docs/reference/credentials/rest (signBlob, signJwt). */
const ACCOUNT = /^\/service_accounts\/v1\/(?<shape>metadata\/x509|jwk)\/(?<email>[^/]+)$/;

interface Keys {
  readonly issuer: Issuer;
  readonly hasServiceAccount: (email: string) => boolean;
  /** What else answers on these hosts. Default: nothing, any other path is 404 with its name. */
  readonly otherwise?: () => RequestListener | undefined;
}

/** A handler for those hosts. */
export function serveGoogleKeys({ issuer, hasServiceAccount, otherwise }: Keys): RequestListener {
  const documents: Readonly<Record<string, () => Promise<unknown>>> = {
    "/oauth2/v1/certs": async () => {
      const { id, certificatePem } = await issuer.publishedKey();
      return { [id]: certificatePem };
    },
    "/oauth2/v3/certs": async () => ({ keys: [(await issuer.publishedKey()).jwk] }),
    "/.well-known/openid-configuration": () => Promise.resolve(DISCOVERY),
  };

  /** Undefined for an account that there is none of. */
  function ofAccount(path: string): (() => Promise<unknown>) | undefined {
    const { shape, email = "" } = ACCOUNT.exec(path)?.groups ?? {};
    const account = email.replace("%40", "@");
    if (shape === undefined || !hasServiceAccount(account)) return undefined;
    return async () => {
      const { id, certificatePem, jwk } = await issuer.accountKeys.published(account);
      return shape === "jwk" ? { keys: [jwk] } : { [id]: certificatePem };
    };
  }

  return (request, response) => {
    const { host = "" } = request.headers;
    const path = request.url?.split("?")[0] ?? "/";
    const document = documents[path] ?? ofAccount(path);
    if (document === undefined) {
      const other = otherwise?.();
      if (other !== undefined) {
        other(request, response);
        return;
      }
      const message = `${host}${path} is not part of the local cloud.`;
      answer(response, 404, { error: { code: 404, message, status: "NOT_FOUND" } });
      return;
    }
    document().then(
      (value) => answer(response, 200, value, { "cache-control": CACHE_CONTROL }),
      () => answer(response, 500, { error: { code: 500, status: "INTERNAL" } }),
    );
  };
}

const DISCOVERY = {
  issuer: ISSUER,
  jwks_uri: "https://www.googleapis.com/oauth2/v3/certs",
  response_types_supported: ["id_token"],
  subject_types_supported: ["public"],
  id_token_signing_alg_values_supported: ["RS256"],
  claims_supported: ["aud", "email", "email_verified", "exp", "iat", "iss", "sub"],
};

function answer(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json; charset=UTF-8", ...headers });
  response.end(JSON.stringify(value, undefined, 2));
}
