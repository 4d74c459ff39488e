/** What a program declares of Cloud Storage. */
import * as v from "valibot";
import { local, type DeclaresService, type Item } from "../service.ts";
import { denial } from "./denial.ts";
import type { BucketSettings } from "./bucket-settings.ts";
import { offered, roles } from "./roles.ts";

export interface Bucket extends BucketSettings, Item {}

interface StorageSlice extends Record<string, Bucket[]> {
  readonly bucket: Bucket[];
}

const BucketInputs = v.strictObject({
  name: v.string(),
  project: v.string(),
  location: v.string(),
  // Access is by row only, here as there.
  uniformBucketLevelAccess: v.literal(true),
  publicAccessPrevention: v.literal("enforced"),
  // A matter of deleting the bucket in the cloud.
  forceDestroy: v.optional(v.boolean()),
  // Here what is deleted is gone at once, with or without the policy: nothing of this program restores anything.
  softDeletePolicy: v.optional(v.strictObject({ retentionDurationSeconds: v.number() })),
  lifecycleRules: v.optional(
    v.array(
      v.strictObject({
        action: v.strictObject({ type: v.literal("Delete") }),
        condition: v.strictObject({
          age: v.number(),
          matchesPrefixes: v.optional(v.array(v.string())),
        }),
      }),
    ),
    [],
  ),
});

const ArchiveInputs = v.strictObject({
  bucket: v.string(),
  name: v.string(),
  source: v.strictObject({ path: v.string() }),
  contentType: v.optional(v.string()),
});

export const storage: DeclaresService<StorageSlice> = {
  name: "storage",
  empty: () => ({ bucket: [] }),
  roles,
  offered,
  denials: { storage: denial },
  declares: {
    "gcp:storage/bucket:Bucket": local(BucketInputs, (bucket, slice) => {
      const { name, location, uniformBucketLevelAccess, publicAccessPrevention } = bucket;
      const lifecycle = bucket.lifecycleRules.map(({ condition: { age, matchesPrefixes } }) => ({
        ageDays: age,
        ...(matchesPrefixes && { matchesPrefix: matchesPrefixes }),
      }));
      slice.bucket.push({
        name,
        location,
        uniformBucketLevelAccess,
        publicAccessPrevention,
        lifecycle,
      });
    }),
    "gcp:storage/bucketObject:BucketObject": local(
      ArchiveInputs,
      ({ bucket, name, source }, _slice, { archives }) => {
        archives.set(`${bucket}/${name}`, source.path);
      },
    ),
  },
};
