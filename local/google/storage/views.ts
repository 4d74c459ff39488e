/** Buckets and objects as the JSON API shows them. An int64 is a string in Google's JSON. */
import type { Bucket } from "./buckets/bucket.ts";
import type { DeletionRule } from "./buckets/settings.ts";
import type { StoredObject } from "./objects/object.ts";

const API = "https://www.googleapis.com/storage/v1";
const DOWNLOAD = "https://storage.googleapis.com/download/storage/v1";

/** Source: cloud.google.com/storage/docs/json_api/v1/objects#resource. */
export function objectView(object: StoredObject): object {
  const { bucket, name, bytes, generation, metageneration, timeCreated, updated, ...more } = object;
  const { timeDeleted, softDeleteTime, hardDeleteTime, ...rest } = more;
  const path = `b/${bucket}/o/${encodeURIComponent(name)}`;
  const created = new Date(timeCreated).toISOString();
  return {
    kind: "storage#object",
    id: `${bucket}/${name}/${generation}`,
    selfLink: `${API}/${path}`,
    mediaLink: `${DOWNLOAD}/${path}?generation=${generation}&alt=media`,
    name,
    bucket,
    generation: String(generation),
    metageneration: String(metageneration),
    size: String(bytes.length),
    storageClass: "STANDARD",
    etag: etagOf(object),
    timeCreated: created,
    updated: new Date(updated).toISOString(),
    timeStorageClassUpdated: created,
    timeFinalized: created,
    ...at("timeDeleted", timeDeleted),
    ...at("softDeleteTime", softDeleteTime),
    ...at("hardDeleteTime", hardDeleteTime),
    ...rest,
  };
}

function at(field: string, time: number | undefined): object {
  return time === undefined ? {} : { [field]: new Date(time).toISOString() };
}

/** Source: cloud.google.com/storage/docs/json_api/v1/buckets#resource. */
export function bucketView(bucket: Bucket, projectNumber: string): object {
  const { name, settings, metageneration, timeCreated, updated } = bucket;
  const { location, uniformBucketLevelAccess: enabled, publicAccessPrevention } = settings;
  const { lifecycle = [], labels = {}, versioning, softDeleteSeconds = 0 } = settings;
  const rule = lifecycle.map(ruleView);
  return {
    kind: "storage#bucket",
    id: name,
    selfLink: `${API}/b/${name}`,
    name,
    projectNumber,
    location: location.toUpperCase(),
    locationType: location.includes("-") ? "region" : "multi-region",
    storageClass: "STANDARD",
    metageneration: String(metageneration),
    etag: Buffer.from(String(metageneration)).toString("base64"),
    timeCreated: new Date(timeCreated).toISOString(),
    updated: new Date(updated).toISOString(),
    iamConfiguration: { uniformBucketLevelAccess: { enabled }, publicAccessPrevention },
    ...(versioning !== undefined && { versioning: { enabled: versioning } }),
    softDeletePolicy: {
      retentionDurationSeconds: String(softDeleteSeconds),
      // Google's own is the moment of the last change of the policy, which is not kept here.
      effectiveTime: new Date(timeCreated).toISOString(),
    },
    ...(rule.length > 0 && { lifecycle: { rule } }),
    ...(Object.keys(labels).length > 0 && { labels }),
  };
}

function ruleView({ ageDays, daysSinceNoncurrent, ...others }: DeletionRule): object {
  return {
    action: { type: "Delete" },
    condition: {
      ...(ageDays !== undefined && { age: ageDays }),
      ...(daysSinceNoncurrent !== undefined && { daysSinceNoncurrentTime: daysSinceNoncurrent }),
      ...others,
    },
  };
}

/** Changes with every generation and metageneration; nothing may be read from it. */
export function etagOf({ generation, metageneration }: StoredObject): string {
  return Buffer.from(`${generation}/${metageneration}`).toString("base64");
}
