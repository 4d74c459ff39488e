/**
 * The addresses at which Google publishes the keys of its ID tokens, so that any library's own verification works:
 * developers.google.com/identity/openid-connect/openid-connect#discovery.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { ISSUER, type Issuer } from "./issuer.ts";

/** Host names that `serveGoogleKeys` answers for. */
export const GOOGLE_KEY_HOSTS = ["www.googleapis.com", "accounts.google.com"] as const;

/** Google's answers may be kept for hours; so may these, since the key lives as long as the process. */
const CACHE_CONTROL = "public, max-age=3600, must-revalidate, no-transform";

/** A handler for those hosts. Any other path is 404 with its name. */
export function serveGoogleKeys(
  issuer: Issuer,
): (request: IncomingMessage, response: ServerResponse) => void {
  const documents: Readonly<Record<string, () => Promise<unknown>>> = {
    "/oauth2/v1/certs": async () => {
      const { id, certificatePem } = await issuer.publishedKey();
      return { [id]: certificatePem };
    },
    "/oauth2/v3/certs": async () => ({ keys: [(await issuer.publishedKey()).jwk] }),
    "/.well-known/openid-configuration": () => Promise.resolve(DISCOVERY),
  };

  return (request, response) => {
    const path = request.url?.split("?")[0] ?? "/";
    const document = documents[path];
    if (document === undefined) {
      const message = `${request.headers.host ?? ""}${path} is not part of the local cloud.`;
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
