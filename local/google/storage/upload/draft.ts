/** An object that is about to be written: what a request says of it, and the moment at which it becomes an object. */
import {
  header,
  jsonResponse,
  type LocalRequest,
  type LocalResponse,
} from "../../../http/message.ts";
import { notModified } from "../answers.ts";
import { mayOnObject, type Asking } from "../permissions.ts";
import { checksumsOf, type Checksums } from "../objects/checksums.ts";
import { invalid } from "../errors.ts";
import type { Json } from "../json.ts";
import { checkObjectName } from "../names.ts";
import { metadataOf, type ObjectMetadata } from "../objects/metadata.ts";
import { holds, preconditionsOf, type Preconditions } from "../preconditions.ts";
import type { Bucket } from "../buckets/bucket.ts";
import type { StoredObject } from "../objects/object.ts";
import type { StorageState } from "../state.ts";
import { objectView } from "../views.ts";

export interface Draft {
  readonly name: string;
  readonly metadata: ObjectMetadata;
  readonly preconditions: Preconditions;
  /** Those that the writer has calculated. */
  readonly expected: Partial<Checksums>;
}

/** `resource` is the body's metadata; `contentType` that of the bytes, which counts if the metadata has none. */
export function draftOf(
  query: URLSearchParams,
  resource: Json,
  contentType: string | undefined,
): Draft {
  const named = query.get("name");
  const inBody = typeof resource.name === "string" ? resource.name : undefined;
  if (named !== null && inBody !== undefined && inBody !== named) {
    throw invalid(`Value '${inBody}' in content does not agree with '${named}'.`);
  }
  const contentEncoding = query.get("contentEncoding");
  const { crc32c, md5Hash } = resource;
  return {
    name: checkObjectName(named ?? inBody ?? ""),
    metadata: {
      ...(contentType !== undefined && { contentType }),
      ...(contentEncoding !== null && { contentEncoding }),
      ...metadataOf(resource),
    },
    preconditions: preconditionsOf(query),
    expected: {
      ...(typeof crc32c === "string" && { crc32c }),
      ...(typeof md5Hash === "string" && { md5Hash }),
    },
  };
}

/** Checksums in `X-Goog-Hash: crc32c=…,md5=…` and `Content-MD5`, which may come with the bytes. */
export function expectedOf({ headers }: LocalRequest): Partial<Checksums> {
  const hashes = header(headers, "x-goog-hash") ?? "";
  const crc32c = /(?:^|[,\s])crc32c=([\w+/=]+)/.exec(hashes)?.[1];
  const md5Hash = /(?:^|[,\s])md5=([\w+/=]+)/.exec(hashes)?.[1] ?? header(headers, "content-md5");
  return { ...(crc32c !== undefined && { crc32c }), ...(md5Hash !== undefined && { md5Hash }) };
}

/** Whether the caller may begin to write an object of that name, and whether it is still wanted. */
export function mayCreate(
  asking: Asking,
  bucket: Bucket,
  { name, preconditions }: Pick<Draft, "name" | "preconditions">,
): boolean {
  mayOnObject(asking, "storage.objects.create", bucket.name, name);
  const current = bucket.get(name);
  // Whether the service looks at preconditions before it asks for the permission to replace is not known. This way
  // around, who may only create is told that the object exists, and is not denied what they never asked for.
  if (!holds(preconditions, current)) return false;
  if (current !== undefined) mayOnObject(asking, "storage.objects.delete", bucket.name, name);
  return true;
}

/** Makes it an object, and answers as the JSON API does. */
export function commit(...writing: Parameters<typeof committed>): LocalResponse {
  const object = committed(...writing);
  return object === undefined ? notModified() : jsonResponse(200, objectView(object));
}

/**
 * Makes it an object; undefined where a precondition says that nothing is to be done. From the question to the write
 * nothing else runs, so of many writers with one condition one wins.
 */
export function committed(
  asking: Asking & { readonly state: StorageState },
  bucket: Bucket,
  draft: Draft,
  bytes: Buffer,
): StoredObject | undefined {
  const checksums = checksumsOf(bytes);
  compare("CRC32C", draft.expected.crc32c, checksums.crc32c);
  compare("MD5 hash", draft.expected.md5Hash, checksums.md5Hash);
  if (!mayCreate(asking, bucket, draft)) return undefined;
  const { state, cloud } = asking;
  const { name, metadata } = draft;
  return state.write(bucket, name, { bytes, metadata, checksums }, cloud.clock.now());
}

function compare(what: string, provided: string | undefined, calculated: string): void {
  if (provided === undefined || provided === calculated) return;
  throw invalid(`Provided ${what} "${provided}" doesn't match calculated ${what} "${calculated}".`);
}
