/** What is declared about a bucket. Source: cloud.google.com/storage/docs/json_api/v1/buckets#resource. */
import { invalid, unsupported } from "./errors.ts";
import { isRecord, type Json } from "./json.ts";

/** Deletes an object once it is `ageDays` old and its name begins with one of the prefixes. */
export interface DeletionRule {
  readonly ageDays: number;
  /** Default: every name. */
  readonly matchesPrefix?: readonly string[];
}

export interface BucketSettings {
  /** `US-CENTRAL1` or in small letters. */
  readonly location: string;
  readonly uniformBucketLevelAccess: boolean;
  readonly publicAccessPrevention: "enforced" | "inherited";
  /** Default: nothing is deleted by itself. */
  readonly lifecycle?: readonly DeletionRule[];
  readonly labels?: Readonly<Record<string, string>>;
}

/** The defaults of a bucket that says nothing. Source: the resource's description. */
const UNSAID: BucketSettings = {
  location: "US",
  uniformBucketLevelAccess: false,
  publicAccessPrevention: "inherited",
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
 * The settings after a patch, or of a new bucket. Throws UNIMPLEMENTED for a field that is not honoured (versioning, soft
 * delete, retention, encryption, website, cors, other lifecycle actions and conditions).
 */
export function settingsOf(resource: Json, before: BucketSettings = UNSAID): BucketSettings {
  let after = before;
  for (const [field, value] of Object.entries(resource)) {
    if (COMPUTED.has(field)) continue;
    if (field === "location" && typeof value === "string") after = { ...after, location: value };
    else if (field === "labels") after = { ...after, labels: labelsOf(value, after.labels) };
    else if (field === "lifecycle") after = { ...after, lifecycle: rulesOf(value) };
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
  const { age, matchesPrefix, ...others } = condition;
  for (const other of Object.keys(others)) throw unsupported(`The lifecycle condition ${other}`);
  if (typeof age !== "number") throw unsupported("A lifecycle rule without an age");
  return {
    ageDays: age,
    ...(Array.isArray(matchesPrefix) && { matchesPrefix: matchesPrefix.map(String) }),
  };
}
