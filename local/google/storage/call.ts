/** One request to Cloud Storage, and what it names. */
import { ApiError } from "../../errors.ts";
import type { LocalRequest } from "../../http/message.ts";
import type { Caller } from "../../iam/types.ts";
import type { Cloud } from "../api.ts";
import { invalid, notFound } from "./errors.ts";
import type { Bucket } from "./buckets/bucket.ts";
import type { StoredObject } from "./objects/object.ts";
import { mayOnBucket } from "./permissions.ts";
import type { StorageState } from "./state.ts";
import type { Uploads } from "./upload/uploads.ts";

export interface StorageCall {
  readonly cloud: Cloud;
  readonly caller: Caller;
  readonly state: StorageState;
  readonly uploads: Uploads;
  readonly request: LocalRequest;
  readonly query: URLSearchParams;
  /** Named by the path; empty where it names none. */
  readonly bucketName: string;
  readonly objectName: string;
  /** Of methods that name a second object. */
  readonly destination: { readonly bucketName: string; readonly objectName: string };
}

/**
 * The bucket that the path names. That it exists is no secret, since names are the world's, so this comes before any
 * permission: to a caller without rights, a bucket that is missing is 404 too.
 */
export function bucketOf({
  state,
  caller,
  bucketName,
}: Pick<StorageCall, "state" | "caller" | "bucketName">): Bucket {
  const bucket = state.buckets.get(bucketName);
  if (bucket === undefined) throw notFound("The specified bucket does not exist.");
  // "You can only use Credential Access Boundaries with buckets that have uniform bucket-level access": the page on
  // downscoping. In which words the others are refused is not verified.
  if (caller.boundary !== undefined && !bucket.settings.uniformBucketLevelAccess) {
    throw new ApiError(
      "PERMISSION_DENIED",
      `A token with a boundary needs uniform bucket-level access, which ${bucketName} does not have.`,
    );
  }
  return bucket;
}

/**
 * The object that the path names, in the generation that the query names if it names one. Call it once the caller may
 * do to it what they want. Who may not list the bucket does not learn that an object is missing and is denied instead
 * (as in googleapis/google-api-php-client#1791; that `storage.objects.list` decides is not verified).
 */
export function objectOf(call: StorageCall, bucket: Bucket): StoredObject {
  return foundIn(bucket, call.objectName, call.query.get("generation"), call);
}

/** The object of that name: the live one, or the generation that is wanted, live or noncurrent. As `objectOf`. */
export function foundIn(
  bucket: Bucket,
  name: string,
  generation: string | null,
  call: StorageCall,
): StoredObject {
  const found =
    generation === null
      ? bucket.get(name)
      : bucket.generations(name).find((each) => String(each.generation) === generation);
  if (found !== undefined) return found;
  mayOnBucket(call, "storage.objects.list", bucket.name);
  throw notFound(`No such object: ${bucket.name}/${name}`);
}

/** The object that the path and its query name among those that can be restored. Throws as `objectOf` does. */
export function softDeletedOf(call: StorageCall, bucket: Bucket, now: number): StoredObject {
  const generation = call.query.get("generation");
  if (generation === null) throw invalid("Required parameter: generation");
  const found = bucket.softDeleted.get(call.objectName, Number(generation), now);
  if (found !== undefined) return found;
  mayOnBucket(call, "storage.objects.list", bucket.name);
  throw notFound(`No such object: ${bucket.name}/${call.objectName}#${generation}`);
}
