/** What is declared about a bucket. Source: cloud.google.com/storage/docs/json_api/v1/buckets#resource. */
import { invalid, unsupported } from "../errors.ts";
import { isRecord, type Json } from "../json.ts";

/**
 * Deletes whatever meets all of it; at least one condition beside the name's is there.
 * Source: cloud.google.com/storage/docs/lifecycle.
 */
export interface DeletionRule {
  /** Days since the generation was created. */
  readonly ageDays?: number;
  /** Whether it is the live generation. Default: any. */
  readonly isLive?: boolean;
  /** So many generations of the object are newer. */
  readonly numNewerVersions?: number;
  /** Days since it became noncurrent. */
  readonly daysSinceNoncurrent?: number;
  /** Default: every name. */
  readonly matchesPrefix?: readonly string[];
  readonly matchesSuffix?: readonly string[];
}

export interface BucketSettings {
  /** `US-CENTRAL1` or in small letters. */
  readonly location: string;
  readonly uniformBucketLevelAccess: boolean;
  readonly publicAccessPrevention: "enforced" | "inherited";
  /** Default: nothing is deleted by itself. */
  readonly lifecycle?: readonly DeletionRule[];
  /** Whether generations that are replaced or deleted are kept as noncurrent. Default: no. */
  readonly versioning?: boolean;
  /** For how long what is deleted can be restored. Default: it cannot. */
  readonly softDeleteSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Seven days, which Google gives to whoever says nothing. Source: cloud.google.com/storage/docs/soft-delete. */
export const SOFT_DELETE_SECONDS = 7 * 24 * 60 * 60;

/** "Between 7 days and 90 days", or none. */
const MAX_SOFT_DELETE_SECONDS = 90 * 24 * 60 * 60;

/** The defaults of a bucket that says nothing. Source: the resource's description. */
const UNSAID: BucketSettings = {
  location: "US",
  uniformBucketLevelAccess: false,
  publicAccessPrevention: "inherited",
  softDeleteSeconds: SOFT_DELETE_SECONDS,
};

/** Fields that the service computes, and a bucket's name. */
const COMPUTED = new Set([
  "kind",
  "id",
  "selfLink",
  "name",
  "projectNumber",
  "generation",
  "metageneration",
  "timeCreated",
  "updated",
  "etag",
  "locationType",
]);

/**
 * The settings after a patch, or of a new bucket. Throws UNIMPLEMENTED for a field that is not honoured (retention,
 * encryption, website, cors, other lifecycle actions and conditions).
 */
export function settingsOf(resource: Json, before: BucketSettings = UNSAID): BucketSettings {
  let after = before;
  for (const [field, value] of Object.entries(resource)) {
    if (COMPUTED.has(field)) continue;
    if (field === "location" && typeof value === "string") after = { ...after, location: value };
    else if (field === "labels") after = { ...after, labels: labelsOf(value, after.labels) };
    else if (field === "lifecycle") after = { ...after, lifecycle: rulesOf(value) };
    else if (field === "versioning") after = { ...after, versioning: isVersioned(value) };
    else if (field === "softDeletePolicy") after = { ...after, softDeleteSeconds: kept(value) };
    else if (field === "iamConfiguration") after = { ...after, ...accessOf(value) };
    else if (field !== "storageClass" || value !== "STANDARD") refuse(field, value);
  }
  return after;
}

function refuse(field: string, value: unknown): void {
  if (value !== null) throw unsupported(`The field ${field} of a bucket`);
}

function labelsOf(value: unknown, before: BucketSettings["labels"]): Record<string, string> {
  if (value === null) return {};
  if (!isRecord(value)) throw invalid("Invalid value for labels.");
  const entries = Object.entries({ ...before, ...value });
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function isVersioned(value: unknown): boolean {
  if (value === null) return false;
  if (!isRecord(value)) throw invalid("Invalid value for versioning.");
  return value.enabled === true;
}

function kept(value: unknown): number {
  if (value === null) return 0;
  const { retentionDurationSeconds } = isRecord(value) ? value : {};
  const seconds = Number(retentionDurationSeconds);
  if (!maySoftDeleteFor(seconds)) throw invalid("Invalid value for softDeletePolicy.");
  return seconds;
}

/** Whether a bucket's policy may have that number of seconds. */
export function maySoftDeleteFor(seconds: number): boolean {
  return seconds === 0 || (seconds >= SOFT_DELETE_SECONDS && seconds <= MAX_SOFT_DELETE_SECONDS);
}

function accessOf(value: unknown): Partial<BucketSettings> {
  if (!isRecord(value)) throw invalid("Invalid value for iamConfiguration.");
  const { uniformBucketLevelAccess: uniform, publicAccessPrevention: prevention } = value;
  return {
    ...(isRecord(uniform) && { uniformBucketLevelAccess: uniform.enabled === true }),
    ...(typeof prevention === "string" && {
      publicAccessPrevention: prevention === "enforced" ? "enforced" : "inherited",
    }),
  };
}

function rulesOf(value: unknown): DeletionRule[] {
  if (value === null) return [];
  const rules = isRecord(value) ? (value.rule ?? []) : undefined;
  if (!Array.isArray(rules)) throw invalid("Invalid value for lifecycle.");
  return rules.map(ruleOf);
}

function ruleOf(rule: unknown): DeletionRule {
  const { action, condition } = isRecord(rule) ? rule : {};
  if (!isRecord(action) || !isRecord(condition)) throw invalid("Invalid value for lifecycle.");
  if (action.type !== "Delete") throw unsupported(`The lifecycle action ${String(action.type)}`);
  const { age, isLive, numNewerVersions, daysSinceNoncurrentTime, ...names } = condition;
  const { matchesPrefix, matchesSuffix, ...others } = names;
  for (const other of Object.keys(others)) throw unsupported(`The lifecycle condition ${other}`);
  const read: DeletionRule = {
    ...(typeof age === "number" && { ageDays: age }),
    ...(typeof isLive === "boolean" && { isLive }),
    ...(typeof numNewerVersions === "number" && { numNewerVersions }),
    ...(typeof daysSinceNoncurrentTime === "number" && {
      daysSinceNoncurrent: daysSinceNoncurrentTime,
    }),
  };
  if (Object.keys(read).length === 0) throw unsupported("A lifecycle rule of names alone");
  return {
    ...read,
    ...(Array.isArray(matchesPrefix) && { matchesPrefix: matchesPrefix.map(String) }),
    ...(Array.isArray(matchesSuffix) && { matchesSuffix: matchesSuffix.map(String) }),
  };
}
