/** What a writer says about an object besides its bytes. Source: cloud.google.com/storage/docs/json_api/v1/objects#resource. */
import { invalid, unsupported } from "../errors.ts";
import { isRecord, type Json } from "../json.ts";

const TEXTS = [
  "contentType",
  "contentEncoding",
  "contentDisposition",
  "contentLanguage",
  "cacheControl",
] as const;

export interface ObjectMetadata extends Partial<Record<(typeof TEXTS)[number], string>> {
  /** The writer's own names and values. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Fields that the service computes and a writer may repeat without effect, and those that other code here reads. */
const COMPUTED = new Set([
  "kind",
  "id",
  "selfLink",
  "mediaLink",
  "name",
  "bucket",
  "generation",
  "metageneration",
  "timeCreated",
  "updated",
  "timeFinalized",
  "timeStorageClassUpdated",
  "size",
  "md5Hash",
  "crc32c",
  "etag",
  "componentCount",
  "timeDeleted",
  "softDeleteTime",
  "hardDeleteTime",
]);

/** What a writer may say because it is so anyway. */
const DEFAULTS: Readonly<Record<string, unknown>> = { storageClass: "STANDARD" };

/** What a writer has said, without what the service knows. */
export function metadataIn(object: ObjectMetadata): ObjectMetadata {
  const said = [...TEXTS, "metadata"] as const;
  return Object.fromEntries(
    said.flatMap((field) => (object[field] === undefined ? [] : [[field, object[field]]])),
  );
}

/** The metadata of a new object. Throws UNIMPLEMENTED for a field that would change behaviour and is not honoured. */
export function metadataOf(resource: Json): ObjectMetadata {
  return patched({}, resource);
}

/** The metadata after a patch: what is named is replaced, `null` removes, custom metadata is merged name by name. */
export function patched(before: ObjectMetadata, patch: Json): ObjectMetadata {
  const changes = Object.entries(patch).flatMap(([field, value]) =>
    COMPUTED.has(field) ? [] : [[field, changed(field, value, before)] as const],
  );
  return withoutNothing({ ...before, ...Object.fromEntries(changes) });
}

/** What the field is from now on; undefined or null removes it. */
function changed(field: string, value: unknown, before: ObjectMetadata): unknown {
  if (field === "metadata") return customMetadata(before.metadata ?? {}, value);
  if (isText(field)) {
    if (value === null || typeof value === "string") return value;
    throw invalid(`Invalid value for ${field}.`);
  }
  const isDefault = value === null || value === false || value === DEFAULTS[field];
  if (!isDefault) throw unsupported(`The field ${field} of an object`);
  return undefined;
}

function customMetadata(before: Readonly<Record<string, string>>, value: unknown): unknown {
  if (value === null) return null;
  if (!isRecord(value)) throw invalid("Invalid value for metadata.");
  const after = withoutNothing({ ...before, ...value });
  for (const [key, entry] of Object.entries(after)) {
    if (typeof entry !== "string") throw invalid(`Invalid value for metadata.${key}.`);
  }
  return Object.keys(after).length === 0 ? null : after;
}

function withoutNothing(fields: Json): Json {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  );
}

function isText(field: string): boolean {
  return (TEXTS as readonly string[]).includes(field);
}
