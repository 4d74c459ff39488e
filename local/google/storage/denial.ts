import type { AccessRequest } from "../../iam/types.ts";

/**
 * How Cloud Storage refuses: spaceml-org/STARCOP#6 for an object, ansible-collections/google.cloud#575 for a bucket. That
 * of a project is not verified.
 */
export function denial({ principal, permission, resource }: AccessRequest): string {
  const who =
    principal === "anonymous" ? "Anonymous caller" : principal.slice(principal.indexOf(":") + 1);
  const [, , collection, , ofBucket] = resource.split("/");
  const inBucket = ofBucket === "objects" ? "Storage object" : "Storage bucket";
  const what = collection === "buckets" ? inBucket : "project";
  return `${who} does not have ${permission} access to the Google Cloud ${what}. Permission '${permission}' denied on resource (or it may not exist).`;
}
