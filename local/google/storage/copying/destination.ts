/** What copies, moves, compositions and restorations have in common: they write what is stored already. */
import { mayCreate } from "../upload/draft.ts";
import { bucketOf, foundIn, type StorageCall } from "../call.ts";
import { mayOnObject } from "../permissions.ts";
import type { Bucket } from "../buckets/bucket.ts";
import { checkObjectName } from "../names.ts";
import type { Stored, StoredObject } from "../objects/object.ts";
import type { ObjectMetadata } from "../objects/metadata.ts";
import { holds, preconditionsOf, sourcePreconditionsOf } from "../preconditions.ts";

/** Where the object goes. */
export interface Destination {
  readonly bucket: Bucket;
  readonly name: string;
}

/** The bucket and the name that the path gives to the second object. Throws as `bucketOf` does, and for a bad name. */
export function destinationOf({ state, caller, destination }: StorageCall): Destination {
  return {
    bucket: bucketOf({ state, caller, ...destination }),
    name: checkObjectName(destination.objectName),
  };
}

/**
 * The object that the path names first, once the caller has the permissions on it. Undefined where a precondition on it
 * says that nothing is to be done.
 */
export function sourceOf(
  call: StorageCall,
  permissions: readonly string[],
  generation: string | null,
): StoredObject | undefined {
  const bucket = bucketOf(call);
  for (const permission of permissions) mayOnObject(call, permission, bucket.name, call.objectName);
  const object = foundIn(bucket, call.objectName, generation, call);
  return holds(sourcePreconditionsOf(call.query), object) ? object : undefined;
}

/** Whether the caller may write there and it is still wanted. Throws PERMISSION_DENIED and 412 as an upload does. */
export function mayWrite(call: StorageCall, { bucket, name }: Destination): boolean {
  return mayCreate(call, bucket, { name, preconditions: preconditionsOf(call.query) });
}

/** Ask `mayWrite` before. */
export function written(
  { state, cloud }: StorageCall,
  { bucket, name }: Destination,
  metadata: ObjectMetadata,
  stored: Stored,
): StoredObject {
  return state.place(bucket, name, metadata, stored, cloud.clock.now());
}
