/**
 * Objects as the XML API reads and writes them.
 * Source: cloud.google.com/storage/docs/xml-api/get-object, put-object, delete-object, head-object and
 * post-object-resumable; permissions: docs/access-control/iam-xml.
 */
import {
  bodyOf,
  header,
  withHeader,
  type Headers,
  type LocalRequest,
  type LocalResponse,
} from "../../../http/message.ts";
import { noContent, notModified } from "../answers.ts";
import { bucketOf, objectOf, type StorageCall } from "../call.ts";
import { mayOnObject } from "../permissions.ts";
import { download, headersOf } from "../objects/download.ts";
import { invalid } from "../errors.ts";
import { checkObjectName } from "../names.ts";
import type { StoredObject } from "../objects/object.ts";
import type { ObjectMetadata } from "../objects/metadata.ts";
import { holds, preconditionsOf, type Preconditions } from "../preconditions.ts";
import { committed, expectedOf, type Draft } from "../upload/draft.ts";
import { begun } from "../upload/insert.ts";
import { uploadChunk } from "../upload/resumable.ts";
import { XmlError } from "./errors.ts";

export function getObject(call: StorageCall): LocalResponse {
  const { query, request } = call;
  const answer = download(readable(call), request);
  const type = query.get("response-content-type");
  const disposition = query.get("response-content-disposition");
  return {
    ...answer,
    headers: replaced(
      replaced(answer.headers, "Content-Type", type),
      "Content-Disposition",
      disposition,
    ),
  };
}

export function headObject(call: StorageCall): LocalResponse {
  return { ...getObject(call), body: Buffer.alloc(0) };
}

export function deleteObject(call: StorageCall): LocalResponse {
  const { state, cloud, query, objectName } = call;
  const bucket = bucketOf(call);
  mayOnObject(call, "storage.objects.delete", bucket.name, objectName);
  const object = objectOf(call, bucket);
  holds(preconditionsIn(call.request), object);
  const now = cloud.clock.now();
  if (query.get("generation") === null) state.retire(bucket, object.name, now);
  else state.erase(bucket, object, now);
  return noContent();
}

/** A whole object, or a part of one that was begun: then nobody is asked who sends it. */
export async function putObject(call: StorageCall): Promise<LocalResponse> {
  const { query, request } = call;
  if (query.has("upload_id")) {
    const answer = await uploadChunk(call);
    return answer.status === 200
      ? { ...answer, headers: NO_CONTENT, body: Buffer.alloc(0) }
      : answer;
  }
  const draft = draftOf(call);
  const bytes = await bodyOf(request);
  checkLength(request, bytes.length);
  const object = committed(call, bucketOf(call), draft, bytes);
  if (object === undefined) return notModified();
  const headers = [...headersOf(object, false), ...NO_CONTENT];
  return { status: 200, headers, body: Buffer.alloc(0) };
}

/** The address in the answer takes the bytes, without a signature of its own. */
export function beginUpload(call: StorageCall): LocalResponse {
  const location = new URL(call.request.url);
  location.search = "";
  const answer = begun(call, bucketOf(call), draftOf(call), undefined, location);
  return { ...answer, status: 201 };
}

const NO_CONTENT: Headers = [["Content-Length", "0"]];

function readable(call: StorageCall): StoredObject {
  const bucket = bucketOf(call);
  mayOnObject(call, "storage.objects.get", bucket.name, call.objectName);
  const object = objectOf(call, bucket);
  holds(preconditionsIn(call.request), object);
  return object;
}

function draftOf({ objectName, request }: StorageCall): Draft {
  return {
    name: checkObjectName(objectName),
    metadata: metadataIn(request),
    preconditions: preconditionsIn(request),
    expected: expectedOf(request),
  };
}

function preconditionsIn({ headers }: LocalRequest): Preconditions {
  const query = new URLSearchParams();
  for (const [parameter, name] of [
    ["ifGenerationMatch", "x-goog-if-generation-match"],
    ["ifMetagenerationMatch", "x-goog-if-metageneration-match"],
  ] as const) {
    const value = header(headers, name);
    if (value !== undefined) query.set(parameter, value);
  }
  return preconditionsOf(query);
}

const META = "x-goog-meta-";

function metadataIn({ headers }: LocalRequest): ObjectMetadata {
  const said = (
    [
      ["contentType", "content-type"],
      ["contentEncoding", "content-encoding"],
      ["contentDisposition", "content-disposition"],
      ["contentLanguage", "content-language"],
      ["cacheControl", "cache-control"],
    ] as const
  ).flatMap(([field, name]) => {
    const value = header(headers, name);
    return value === undefined ? [] : [[field, value] as const];
  });
  const custom = headers.flatMap(([name, value]) =>
    name.toLowerCase().startsWith(META) ? [[name.toLowerCase().slice(META.length), value]] : [],
  );
  return {
    ...Object.fromEntries(said),
    ...(custom.length > 0 && { metadata: Object.fromEntries(custom) as Record<string, string> }),
  };
}

/** Source: cloud.google.com/storage/docs/xml-api/reference-headers#xgoogcontentlengthrange. */
function checkLength({ headers }: LocalRequest, length: number): void {
  const range = header(headers, "x-goog-content-length-range");
  if (range === undefined) return;
  const [, least, most] = /^(\d+),(\d+)$/.exec(range) ?? [];
  if (least === undefined) throw invalid(`Invalid value for x-goog-content-length-range: ${range}`);
  const details = { Details: `The content has ${length} bytes; ${range} are allowed.` };
  if (length > Number(most)) {
    const kind = { status: 400, code: "EntityTooLarge" };
    throw new XmlError(
      kind,
      "Your proposed upload is larger than the maximum object size.",
      details,
    );
  }
  if (length < Number(least)) {
    const kind = { status: 400, code: "EntityTooSmall" };
    throw new XmlError(
      kind,
      "Your proposed upload is smaller than the minimum object size.",
      details,
    );
  }
}

function replaced(headers: Headers, name: string, value: string | null): Headers {
  return value === null ? headers : withHeader(headers, name, value);
}
