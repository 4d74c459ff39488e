import type { AccessRequest } from "../../iam/types.ts";

/** Permissions of the Service Account Credentials API. */
const OF_CREDENTIALS = /\.(getAccessToken|getOpenIdToken|signBlob|signJwt|implicitDelegation)$/;

/**
 * How IAM refuses: what is done in an account's name as in google-github-actions/auth#526; else as most services do, with
 * the account's email (googleapis/repo-automation-bots#5598).
 */
export function denial(
  { permission, resource }: AccessRequest,
  usual: (resource: string) => string,
): string {
  return OF_CREDENTIALS.test(permission)
    ? `Permission '${permission}' denied on resource (or it may not exist).`
    : usual(resource.replace(/^.*\/serviceAccounts\//, ""));
}
