/**
 * Copies of one object in one request.
 * Source: cloud.google.com/storage/docs/json_api/v1/objects/copy; permissions: docs/access-control/iam-json.
 */
import { bodyOf, jsonResponse, type LocalResponse } from "../../../http/message.ts";
import { notModified } from "../answers.ts";
import type { StorageCall } from "../call.ts";
import { jsonOf, type Json } from "../json.ts";
import type { StoredObject } from "../objects/object.ts";
import { metadataIn, metadataOf, type ObjectMetadata } from "../objects/metadata.ts";
import { storedIn } from "../state.ts";
import { objectView } from "../views.ts";
import { destinationOf, mayWrite, sourceOf, written, type Destination } from "./destination.ts";

/** A copy that may be made. */
export interface Copy {
  readonly source: StoredObject;
  readonly to: Destination;
  readonly metadata: ObjectMetadata;
}

export async function copyObject(call: StorageCall): Promise<LocalResponse> {
  const resource = jsonOf(await bodyOf(call.request));
  const copy = allowedCopy(call, resource, call.query.get("sourceGeneration"));
  return copy === undefined ? notModified() : jsonResponse(200, objectView(copied(call, copy)));
}

/**
 * Undefined where a precondition says that nothing is to be done. Who says anything of the copy says all of it: metadata
 * of the source goes along only with an empty resource.
 */
export function allowedCopy(
  call: StorageCall,
  resource: Json,
  generation: string | null,
): Copy | undefined {
  const to = destinationOf(call);
  const given = metadataOf(resource);
  const source = sourceOf(call, ["storage.objects.get"], generation);
  if (source === undefined || !mayWrite(call, to)) return undefined;
  const metadata = Object.keys(resource).length === 0 ? metadataIn(source) : given;
  return { source, to, metadata };
}

export function copied(call: StorageCall, { source, to, metadata }: Copy): StoredObject {
  return written(call, to, metadata, storedIn(source));
}
