/**
 * Writing an object in one request, and beginning to write one in several.
 * Source: cloud.google.com/storage/docs/json_api/v1/objects/insert and docs/uploads-downloads.
 */
import { randomUUID } from "node:crypto";
import { bodyOf, header, type LocalResponse } from "../../../http/message.ts";
import { notModified } from "../answers.ts";
import { bucketOf, type StorageCall } from "../call.ts";
import { invalid, unsupported } from "../errors.ts";
import { jsonOf } from "../json.ts";
import type { Bucket } from "../buckets/bucket.ts";
import { commit, draftOf, expectedOf, mayCreate, type Draft } from "./draft.ts";
import { partsOf } from "./multipart.ts";
import { Upload } from "./uploads.ts";

export async function insertObject(call: StorageCall): Promise<LocalResponse> {
  const uploadType = call.query.get("uploadType");
  if (uploadType === "media") return insertMedia(call);
  if (uploadType === "multipart") return insertMultipart(call);
  if (uploadType === "resumable") return beginResumable(call);
  throw unsupported(`The upload type ${uploadType ?? "(none)"}`);
}

async function insertMedia(call: StorageCall): Promise<LocalResponse> {
  const { query, request } = call;
  const bytes = await bodyOf(request);
  const bucket = bucketOf(call);
  const draft = draftOf(query, {}, header(request.headers, "content-type"));
  return commit(call, bucket, { ...draft, expected: expectedOf(request) }, bytes);
}

async function insertMultipart(call: StorageCall): Promise<LocalResponse> {
  const { query, request } = call;
  const body = await bodyOf(request);
  const bucket = bucketOf(call);
  const parts = partsOf(header(request.headers, "content-type") ?? "", body);
  const draft = draftOf(query, parts.resource, parts.contentType);
  const expected = { ...draft.expected, ...expectedOf(request) };
  return commit(call, bucket, { ...draft, expected }, parts.bytes);
}

async function beginResumable(call: StorageCall): Promise<LocalResponse> {
  const { query, request } = call;
  const resource = jsonOf(await bodyOf(request));
  const bucket = bucketOf(call);
  const draft = draftOf(query, resource, header(request.headers, "x-upload-content-type"));
  const size = sizeOf(header(request.headers, "x-upload-content-length"));
  return begun(call, bucket, draft, size, request.url);
}

/**
 * Begins an upload, which goes on at the given address. Preconditions and permissions are looked at now and again at the
 * end: the object may have changed in between.
 */
export function begun(
  { cloud, caller, uploads }: StorageCall,
  bucket: Bucket,
  draft: Draft,
  size: number | undefined,
  at: URL,
): LocalResponse {
  if (!mayCreate({ cloud, caller }, bucket, draft)) return notModified();
  const now = cloud.clock.now();
  const upload = new Upload(randomUUID(), { bucket: bucket.name, draft, caller, size }, now);
  uploads.add(upload, now);
  const location = new URL(at);
  location.searchParams.set("upload_id", upload.id);
  return {
    status: 200,
    headers: [
      ["Location", location.href],
      ["X-GUploader-UploadID", upload.id],
      ["Content-Length", "0"],
    ],
    body: Buffer.alloc(0),
  };
}

function sizeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw invalid(`Invalid value for X-Upload-Content-Length: ${text}`);
  return Number(text);
}
