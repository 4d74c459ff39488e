/** What a refused caller is told: Google's own sentence first, then which row would allow it. */
import { ApiError } from "../errors.ts";
import type { AccessRequest, Binding, Denials } from "./types.ts";

/**
 * `PERMISSION_DENIED` with an ErrorInfo (google/rpc/error_details.proto). That its domain is the service of the
 * permission follows the proto's comment; which one a given API really sends was not recorded.
 */
export function denialError(
  request: AccessRequest,
  missing: Binding | undefined,
  denials: Denials,
): ApiError {
  const { permission, resource } = request;
  return new ApiError(
    "PERMISSION_DENIED",
    `${googleSentence(request, denials)} Switchyard: ${remedy(request, missing)}`,
    [
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "IAM_PERMISSION_DENIED",
        domain: `${serviceOf(permission)}.googleapis.com`,
        metadata: { permission, resource },
      },
    ],
  );
}

/** Who lacks what, and the row to add. */
export function remedy(request: AccessRequest, missing: Binding | undefined): string {
  const { principal, permission, resource } = request;
  if (principal === "anonymous") {
    return `the request carries no identity, and ${permission} on ${resource} is not public; send a token.`;
  }
  if (missing === undefined) {
    return `${principal} needs ${permission} on ${resource}, and no role in local/google holds it.`;
  }
  const needs = `${principal} needs ${missing.role} on ${missing.resource}`;
  return missing.kind === "google"
    ? `${needs}, which Google grants to its own agent; restore that grant.`
    : `${needs}; name callers and operators in the stack's config, add any other row in infra/.`;
}

/** The service's own sentence, or the one that most have: Cloud Tasks' (googleapis/nodejs-tasks#249). */
function googleSentence(request: AccessRequest, denials: Denials): string {
  const { permission, resource } = request;
  const usual = (named: string): string =>
    `The principal (user or service account) lacks IAM permission "${permission}" for the resource "${named}" (or the resource may not exist).`;
  const service = serviceOf(permission);
  const own = Object.hasOwn(denials, service) ? denials[service] : undefined;
  return own?.(request, usual) ?? usual(resource);
}

function serviceOf(permission: string): string {
  return permission.slice(0, permission.indexOf("."));
}
