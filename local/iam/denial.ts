/** What a refused caller is told: Google's own sentence first, then which row would allow it. */
import { ApiError } from "../errors.ts";
import { conditionText, conditionWords } from "../../infra/google/condition.ts";
import type { AccessRequest, Binding, Denials, Refusal, Unmet } from "./types.ts";

/**
 * `PERMISSION_DENIED` with an ErrorInfo (google/rpc/error_details.proto). That its domain is the service of the
 * permission follows the proto's comment; which one a given API really sends was not recorded.
 */
export function denialError(request: AccessRequest, refusal: Refusal, denials: Denials): ApiError {
  const { permission, resource } = request;
  return new ApiError(
    "PERMISSION_DENIED",
    `${googleSentence(request, denials)} Switchyard: ${remedy(request, refusal)}`,
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

/** Who lacks what, and the row to add; or what a condition or the token's boundary keeps from being allowed. */
export function remedy(request: AccessRequest, { missing, unmet, beyond }: Refusal): string {
  const { principal, permission, resource } = request;
  if (principal === "anonymous") {
    return `the request carries no identity, and ${permission} on ${resource} is not public; send a token.`;
  }
  if (beyond !== undefined) {
    return `${principal} has ${grantText(beyond.by)}, but the boundary of its token does not make ${permission} available: ${beyond.why}.`;
  }
  if (unmet !== undefined) return `${principal} has ${unmet.map(unmetText).join("; and ")}.`;
  if (missing === undefined) {
    return `${principal} needs ${permission} on ${resource}, and no role in local/google holds it.`;
  }
  const needs = `${principal} needs ${missing.role} on ${missing.resource}`;
  return missing.kind === "google"
    ? `${needs}, which Google grants to its own agent; restore that grant.`
    : `${needs}; name callers and operators in the stack's config, add any other row in infra/.`;
}

/** `roles/storage.objectUser on projects/_/buckets/B, but its condition is not met: leases: resource.name.startsWith("…")` */
export function unmetText({ binding, why }: Unmet): string {
  const { role, resource, condition } = binding;
  const words = condition === undefined ? "" : `: ${conditionWords(condition)}`;
  const text = `${role} on ${resource}, but its condition is not met${words}`;
  return why === undefined ? text : `${text} (it cannot be evaluated: ${why})`;
}

function grantText({ role, resource, condition }: Binding): string {
  return `${role} on ${resource}${conditionText(condition)}`;
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
