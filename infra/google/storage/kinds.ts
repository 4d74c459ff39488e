/** Cloud Storage. */
import type { Condition } from "../condition.ts";
import { kind } from "../kind.ts";

/** Buckets share one namespace, so their ids say the project; the name does not (`_`). */
export const bucket = kind({
  noun: "bucket",
  template: "projects/_/buckets/{bucket}",
  member: { type: "gcp:storage/bucketIAMMember:BucketIAMMember", conditions: "attributes" },
});

/**
 * Limits a role to the objects in these folders of a bucket. Listing is judged on the bucket, so a role that lists it still
 * lists all of it: who may not is denied a missing object, and cannot tell that it is missing.
 */
export function inFolders(resource: string, ...folders: readonly string[]): Condition {
  const list = folders.map((folder) => `"${folder}"`).join(", ");
  return {
    title: folders.join("-"),
    expression: `resource.type == "storage.googleapis.com/Bucket" || resource.name.extract("${resource}/objects/{folder}/") in [${list}]`,
  };
}
