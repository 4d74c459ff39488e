/** Cloud Storage. */
import { kind } from "../kind.ts";

/** Buckets share one namespace, so their ids say the project; the name does not (`_`). */
export const bucket = kind({
  noun: "bucket",
  template: "projects/_/buckets/{bucket}",
  member: { type: "gcp:storage/bucketIAMMember:BucketIAMMember", conditions: "attributes" },
});
