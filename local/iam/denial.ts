/** What a refused caller is told: Google's own sentence first, then which row would allow it. */
import { ApiError } from "../errors.ts";
import type { AccessRequest, Binding } from "./types.ts";

/**
 * `PERMISSION_DENIED` with an ErrorInfo (google/rpc/error_details.proto). That its domain is the service of the
 * permission follows the proto's comment; which one a given API really sends was not recorded.
 */
export function denialError(request: AccessRequest, missing: Binding | undefined): ApiError {
  const { permission, resource } = request;
  return new ApiError(
    "PERMISSION_DENIED",
    `${googleSentence(request)} Switchyard: ${remedy(request, missing)}`,
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

/**
 * Cloud Tasks' sentence, which actAs has too (googleapis/nodejs-tasks#249, googleapis/repo-automation-bots#5598), and
 * Cloud Run's (google-github-actions/deploy-cloudrun#182; its v1 API writes `namespaces/…` for the resource), and Secret
 * Manager's (googleapis/python-secret-manager#389).
 */
function googleSentence(request: AccessRequest): string {
  const { permission, resource } = request;
  if (serviceOf(permission) === "storage") return storageSentence(request);
  const named = /\/serviceAccounts\/([^/]+)$/.exec(resource)?.[1] ?? resource;
  const service = serviceOf(permission);
  if (service === "secretmanager") {
    return `Permission '${permission}' denied for resource '${named}' (or it may not exist).`;
  }
  return service === "run"
    ? `Permission '${permission}' denied on resource '${named}' (or resource may not exist).`
    : `The principal (user or service account) lacks IAM permission "${permission}" for the resource "${named}" (or the resource may not exist).`;
}

/**
 * Cloud Storage's: spaceml-org/STARCOP#6 for an object, ansible-collections/google.cloud#575 for a bucket. That of a
 * project is not verified.
 */
function storageSentence({ principal, permission, resource }: AccessRequest): string {
  const who =
    principal === "anonymous" ? "Anonymous caller" : principal.slice(principal.indexOf(":") + 1);
  const [, , collection, , ofBucket] = resource.split("/");
  const inBucket = ofBucket === "objects" ? "Storage object" : "Storage bucket";
  const what = collection === "buckets" ? inBucket : "project";
  return `${who} does not have ${permission} access to the Google Cloud ${what}. Permission '${permission}' denied on resource (or it may not exist).`;
}

function serviceOf(permission: string): string {
  return permission.slice(0, permission.indexOf("."));
}
