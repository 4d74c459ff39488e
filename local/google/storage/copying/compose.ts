/**
 * One object made of several.
 * Source: cloud.google.com/storage/docs/json_api/v1/objects/compose and docs/composite-objects.
 */
import * as v from "valibot";
import { bodyOf, jsonResponse, type LocalResponse } from "../../../http/message.ts";
import { notModified } from "../answers.ts";
import type { Bucket } from "../buckets/bucket.ts";
import { bucketOf, foundIn, type StorageCall } from "../call.ts";
import { mayOnObject } from "../permissions.ts";
import { checksumsOf } from "../objects/checksums.ts";
import { conditionNotMet, invalid, unsupported } from "../errors.ts";
import { isRecord, jsonOf } from "../json.ts";
import { checkObjectName } from "../names.ts";
import type { Stored, StoredObject } from "../objects/object.ts";
import { metadataOf } from "../objects/metadata.ts";
import { objectView } from "../views.ts";
import { mayWrite, written } from "./destination.ts";

/** "Between 1 and 32." */
const MAX_SOURCES = 32;

/** An int64 comes as a number or a string. */
const Generation = v.pipe(v.union([v.number(), v.string()]), v.transform(String), v.digits());

const Source = v.strictObject({
  name: v.string(),
  generation: v.optional(Generation),
  objectPreconditions: v.optional(v.strictObject({ ifGenerationMatch: v.optional(Generation) })),
});

type Source = v.InferOutput<typeof Source>;

export async function composeObject(call: StorageCall): Promise<LocalResponse> {
  const { sourceObjects, destination = {}, ...others } = jsonOf(await bodyOf(call.request));
  for (const field of Object.keys(others)) {
    if (field !== "kind") throw unsupported(`The field ${field} of a composition`);
  }
  if (!isRecord(destination)) throw invalid("Invalid value for destination.");
  const metadata = metadataOf(destination);
  const sources = sourcesIn(sourceObjects);
  const bucket = bucketOf(call);
  const to = { bucket, name: checkObjectName(call.objectName) };
  const parts = sources.map((source) => partOf(source, bucket, call));
  if (!mayWrite(call, to)) return notModified();
  return jsonResponse(200, objectView(written(call, to, metadata, composed(parts))));
}

function sourcesIn(value: unknown): readonly Source[] {
  const parsed = v.safeParse(v.array(Source), value);
  if (!parsed.success) {
    throw invalid(`Invalid value for sourceObjects${v.getDotPath(parsed.issues[0]) ?? ""}.`);
  }
  const { length } = parsed.output;
  if (length === 0) throw invalid("You must provide at least one source component.");
  if (length > MAX_SOURCES) {
    throw invalid(`The number of source components provided (${length}) exceeds the maximum (32)`);
  }
  return parsed.output;
}

function partOf(source: Source, bucket: Bucket, call: StorageCall): StoredObject {
  const { name, generation = null, objectPreconditions } = source;
  mayOnObject(call, "storage.objects.get", bucket.name, name);
  const object = foundIn(bucket, name, generation, call);
  const { ifGenerationMatch = String(object.generation) } = objectPreconditions ?? {};
  if (ifGenerationMatch !== String(object.generation)) throw conditionNotMet();
  return object;
}

/** "Composite objects do not have an MD5 hash." */
function composed(parts: readonly StoredObject[]): Stored {
  const bytes = Buffer.concat(parts.map((part) => part.bytes));
  const componentCount = parts.reduce((sum, part) => sum + (part.componentCount ?? 1), 0);
  return { bytes, crc32c: checksumsOf(bytes).crc32c, componentCount };
}
