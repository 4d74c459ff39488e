/** One access token for another that can do less. */
import type { Cloud } from "../api.ts";
import { ACCESS_TOKEN, OAuthError, type Exchange } from "./form.ts";

/**
 * The answer to an exchange: a token within the boundary that lasts as long as the one that came. Whether the policy gives
 * its account anything there is asked when it is used. Throws `OAuthError`.
 */
export function exchanged(
  { subjectToken, boundary }: Exchange,
  { identity, boundaryProblems }: Cloud,
): unknown {
  const problems = boundaryProblems(boundary);
  if (problems.length > 0) throw new OAuthError("invalid_request", problems.join("; "));
  const source = identity.callerOf(subjectToken);
  if (source?.boundary !== undefined) {
    throw new OAuthError("invalid_request", "The subject token has a boundary already.");
  }
  const narrowed = identity.narrowed(subjectToken, boundary);
  if (source === undefined || narrowed === undefined) {
    throw new OAuthError("invalid_grant", "The subject token is not good, or is over.");
  }
  return {
    access_token: narrowed.token,
    issued_token_type: ACCESS_TOKEN,
    token_type: "Bearer",
    // Of a person's token clients know the end by themselves (google-auth-library, downscopedclient.ts).
    ...(source.principal.startsWith("serviceAccount:") && { expires_in: narrowed.expiresIn }),
  };
}
