/** What a program declares of Cloud Storage. */
import * as v from "valibot";
import { local, type DeclaresService, type Item } from "../service.ts";
import { denial } from "./denial.ts";
import {
  maySoftDeleteFor,
  SOFT_DELETE_SECONDS,
  type BucketSettings,
  type DeletionRule,
} from "./buckets/settings.ts";
import { offered, roles } from "./roles.ts";

export interface Bucket extends BucketSettings, Item {}

interface StorageSlice extends Record<string, Bucket[]> {
  readonly bucket: Bucket[];
}

/** Of names alone it would delete everything of that name at once, which the provider refuses to say. */
const Condition = v.pipe(
  v.strictObject({
    age: v.optional(v.number()),
    withState: v.optional(v.picklist(["LIVE", "ARCHIVED", "ANY"])),
    numNewerVersions: v.optional(v.number()),
    daysSinceNoncurrentTime: v.optional(v.number()),
    matchesPrefixes: v.optional(v.array(v.string())),
    matchesSuffixes: v.optional(v.array(v.string())),
  }),
  v.check(
    ({ age, withState, numNewerVersions, daysSinceNoncurrentTime }) =>
      (age ?? withState ?? numNewerVersions ?? daysSinceNoncurrentTime) !== undefined,
    "needs an age, a state, newer versions or days since it is noncurrent",
  ),
);

const BucketInputs = v.strictObject({
  name: v.string(),
  project: v.string(),
  location: v.string(),
  // Access is by row only, here as there.
  uniformBucketLevelAccess: v.literal(true),
  publicAccessPrevention: v.literal("enforced"),
  // A matter of deleting the bucket in the cloud.
  forceDestroy: v.optional(v.boolean()),
  softDeletePolicy: v.optional(
    v.strictObject({
      retentionDurationSeconds: v.pipe(
        v.number(),
        v.check(maySoftDeleteFor, "must be 0, or from 7 to 90 days"),
      ),
    }),
    { retentionDurationSeconds: SOFT_DELETE_SECONDS },
  ),
  versioning: v.optional(v.strictObject({ enabled: v.boolean() })),
  lifecycleRules: v.optional(
    v.array(
      v.strictObject({
        action: v.strictObject({ type: v.literal("Delete") }),
        condition: Condition,
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
      const lifecycle = bucket.lifecycleRules.map(({ condition }) => ruleOf(condition));
      slice.bucket.push({
        name,
        location,
        uniformBucketLevelAccess,
        publicAccessPrevention,
        lifecycle,
        softDeleteSeconds: bucket.softDeletePolicy.retentionDurationSeconds,
        ...(bucket.versioning && { versioning: bucket.versioning.enabled }),
      });
    }),
    "gcp:storage/bucketObject:BucketObject": local(
      ArchiveInputs,
      ({ bucket, name, source }, _slice, { archives }) => {
        // One that is packed already lies beside the folder that it was packed from.
        archives.set(`${bucket}/${name}`, source.path.replace(/\.tar\.gz$/, ""));
      },
    ),
  },
};

function ruleOf(condition: v.InferOutput<typeof Condition>): DeletionRule {
  const { age, withState = "ANY", numNewerVersions, daysSinceNoncurrentTime } = condition;
  const { matchesPrefixes, matchesSuffixes } = condition;
  return {
    ...(age !== undefined && { ageDays: age }),
    ...(withState !== "ANY" && { isLive: withState === "LIVE" }),
    ...(numNewerVersions !== undefined && { numNewerVersions }),
    ...(daysSinceNoncurrentTime !== undefined && { daysSinceNoncurrent: daysSinceNoncurrentTime }),
    ...(matchesPrefixes && { matchesPrefix: matchesPrefixes }),
    ...(matchesSuffixes && { matchesSuffix: matchesSuffixes }),
  };
}
