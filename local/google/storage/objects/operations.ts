/**
 * The JSON API's methods about objects, except for writing them (../upload/, ../copying/).
 * Source: cloud.google.com/storage/docs/json_api/v1/objects; permissions: docs/access-control/iam-json.
 */
import { bodyOf, jsonResponse, type LocalResponse } from "../../../http/message.ts";
import { noContent, notModified } from "../answers.ts";
import { bucketOf, objectOf, softDeletedOf, type StorageCall } from "../call.ts";
import { mayOnBucket, mayOnObject } from "../permissions.ts";
import { download } from "./download.ts";
import { invalid } from "../errors.ts";
import { jsonOf } from "../json.ts";
import { listOptions, page } from "./listing.ts";
import { metadataIn, metadataOf, patched, type ObjectMetadata } from "./metadata.ts";
import { holds, preconditionsOf } from "../preconditions.ts";
import type { StoredObject } from "./object.ts";
import { objectView } from "../views.ts";

/** Source: cloud.google.com/iam/docs/downscoping-short-lived-credentials. */
const LIST_PREFIX = "storage.googleapis.com/objectListPrefix";

export function listObjects(call: StorageCall): LocalResponse {
  const bucket = bucketOf(call);
  const options = listOptions(call.query);
  mayOnBucket(call, "storage.objects.list", bucket.name, { [LIST_PREFIX]: options.prefix });
  const { items, prefixes, nextPageToken } = page(bucket, options, call.cloud.clock.now());
  return jsonResponse(200, {
    kind: "storage#objects",
    ...(nextPageToken !== undefined && { nextPageToken }),
    ...(prefixes.length > 0 && { prefixes }),
    ...(items.length > 0 && { items: items.map(objectView) }),
  });
}

/** The metadata, or with `alt=media` the bytes. */
export function getObject(call: StorageCall): LocalResponse {
  if (/^true$/i.test(call.query.get("softDeleted") ?? "")) return softDeleted(call);
  const isMedia = call.query.get("alt") === "media";
  const object = readable(call);
  if (object === undefined) return notModified();
  return isMedia ? download(object, call.request) : jsonResponse(200, objectView(object));
}

/** The bytes, whatever the query says. */
export function downloadObject(call: StorageCall): LocalResponse {
  const object = readable(call);
  return object === undefined ? notModified() : download(object, call.request);
}

export function deleteObject(call: StorageCall): LocalResponse {
  const bucket = bucketOf(call);
  mayOnObject(call, "storage.objects.delete", bucket.name, call.objectName);
  const object = objectOf(call, bucket);
  if (!holds(preconditionsOf(call.query), object)) return notModified();
  const { state, cloud, query } = call;
  const now = cloud.clock.now();
  if (query.get("generation") === null) state.retire(bucket, object.name, now);
  else state.erase(bucket, object, now);
  return noContent();
}

/** Changes the metadata that is named. */
export async function patchObject(call: StorageCall): Promise<LocalResponse> {
  const patch = jsonOf(await bodyOf(call.request));
  return described(call, ["storage.objects.get", "storage.objects.update"], (object) =>
    patched(object, patch),
  );
}

/** Replaces all metadata. */
export async function updateObject(call: StorageCall): Promise<LocalResponse> {
  const resource = jsonOf(await bodyOf(call.request));
  return described(call, ["storage.objects.update"], () => metadataOf(resource));
}

/** What can be restored is described, never downloaded. Source: docs/json_api/v1/objects/get. */
function softDeleted(call: StorageCall): LocalResponse {
  const { query, objectName, cloud } = call;
  const bucket = bucketOf(call);
  mayOnObject(call, "storage.objects.get", bucket.name, objectName);
  if (query.get("alt") === "media") throw invalid("A soft-deleted object cannot be downloaded.");
  const object = softDeletedOf(call, bucket, cloud.clock.now());
  return holds(preconditionsOf(query), object)
    ? jsonResponse(200, objectView(object))
    : notModified();
}

/** Undefined where a precondition says that it has not changed. */
function readable(call: StorageCall): StoredObject | undefined {
  const bucket = bucketOf(call);
  mayOnObject(call, "storage.objects.get", bucket.name, call.objectName);
  const object = objectOf(call, bucket);
  return holds(preconditionsOf(call.query), object) ? object : undefined;
}

function described(
  call: StorageCall,
  permissions: readonly string[],
  change: (before: ObjectMetadata) => ObjectMetadata,
): LocalResponse {
  const bucket = bucketOf(call);
  for (const permission of permissions) {
    mayOnObject(call, permission, bucket.name, call.objectName);
  }
  const object = objectOf(call, bucket);
  if (!holds(preconditionsOf(call.query), object)) return notModified();
  const { state, cloud } = call;
  const after = state.describe(bucket, object, change(metadataIn(object)), cloud.clock.now());
  return jsonResponse(200, objectView(after));
}
