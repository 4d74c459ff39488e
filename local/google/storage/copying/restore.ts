/**
 * A deleted object as a new one.
 * Source: cloud.google.com/storage/docs/json_api/v1/objects/restore and docs/use-soft-deleted-objects.
 */
import { jsonResponse, type LocalResponse } from "../../../http/message.ts";
import { notModified } from "../answers.ts";
import { bucketOf, softDeletedOf, type StorageCall } from "../call.ts";
import { mayOnObject } from "../permissions.ts";
import { metadataIn } from "../objects/metadata.ts";
import { storedIn } from "../state.ts";
import { objectView } from "../views.ts";
import { mayWrite, written } from "./destination.ts";

/** What was deleted stays restorable until its time is over; the new object has a generation and times of its own. */
export function restoreObject(call: StorageCall): LocalResponse {
  const bucket = bucketOf(call);
  mayOnObject(call, "storage.objects.restore", bucket.name, call.objectName);
  const object = softDeletedOf(call, bucket, call.cloud.clock.now());
  const to = { bucket, name: object.name };
  if (!mayWrite(call, to)) return notModified();
  return jsonResponse(200, objectView(written(call, to, metadataIn(object), storedIn(object))));
}
