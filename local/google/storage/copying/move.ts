/**
 * Another name for an object, in one step.
 * Source: cloud.google.com/storage/docs/json_api/v1/objects/move.
 */
import { jsonResponse, type LocalResponse } from "../../../http.ts";
import { notModified } from "../answers.ts";
import { bucketOf, type StorageCall } from "../call.ts";
import { invalid } from "../errors.ts";
import { checkObjectName } from "../names.ts";
import { objectView } from "../views.ts";
import { mayWrite, sourceOf } from "./destination.ts";

/**
 * Asks for `storage.objects.move` of the source, which every predefined role holds that can read and delete objects; the
 * cloud takes the two permissions for it as well. What was under the new name is replaced, and nothing keeps the source.
 */
export function moveObject(call: StorageCall): LocalResponse {
  const { state, cloud, destination } = call;
  const bucket = bucketOf(call);
  const name = checkObjectName(destination.objectName);
  if (name === call.objectName) throw invalid("The source and the destination have the same name.");
  const source = sourceOf(call, "storage.objects.move", null);
  if (source === undefined || !mayWrite(call, { bucket, name })) return notModified();
  return jsonResponse(200, objectView(state.rename(bucket, source, name, cloud.clock.now())));
}
