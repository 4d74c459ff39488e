/**
 * Another name for an object, in one step.
 * Source: cloud.google.com/storage/docs/json_api/v1/objects/move.
 */
import { jsonResponse, type LocalResponse } from "../../../http/message.ts";
import { notModified } from "../answers.ts";
import { bucketOf, type StorageCall } from "../call.ts";
import { canOnObject } from "../permissions.ts";
import { invalid } from "../errors.ts";
import { checkObjectName } from "../names.ts";
import { objectView } from "../views.ts";
import { mayWrite, sourceOf } from "./destination.ts";

const MOVE = ["storage.objects.move"];

/** What serves as well. */
const GET_AND_DELETE = ["storage.objects.get", "storage.objects.delete"];

/** What was under the new name is replaced, and nothing keeps the source. */
export function moveObject(call: StorageCall): LocalResponse {
  const { state, cloud, destination } = call;
  const bucket = bucketOf(call);
  const name = checkObjectName(destination.objectName);
  if (name === call.objectName) throw invalid("The source and the destination have the same name.");
  const can = (permission: string) => canOnObject(call, permission, bucket.name, call.objectName);
  const needed = !MOVE.every(can) && GET_AND_DELETE.every(can) ? GET_AND_DELETE : MOVE;
  const source = sourceOf(call, needed, null);
  if (source === undefined || !mayWrite(call, { bucket, name })) return notModified();
  return jsonResponse(200, objectView(state.rename(bucket, source, name, cloud.clock.now())));
}
