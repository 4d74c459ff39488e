/**
 * Going on with an upload, asking how far it is, and giving it up.
 * Source: cloud.google.com/storage/docs/performing-resumable-uploads.
 */
import type { Readable } from "node:stream";
import { header, type LocalRequest, type LocalResponse } from "../../../http/message.ts";
import { bucketOf, type StorageCall } from "../call.ts";
import { gone, invalid, unavailable } from "../errors.ts";
import { contentRangeOf, type ContentRange } from "./content-range.ts";
import { commit, expectedOf } from "./draft.ts";
import type { Upload } from "./uploads.ts";

/**
 * Whether the JSON API is asked by the address of an upload: "anyone who possesses your session URI can upload data to the
 * target bucket without any further authentication" (docs/resumable-uploads#session-uris).
 */
export function goesOn({ method, url }: LocalRequest): boolean {
  const isUpload = /^\/(resumable\/)?upload\//.test(url.pathname);
  return isUpload && ["PUT", "DELETE"].includes(method) && url.searchParams.has("upload_id");
}

/** Takes what the request brings. 308 with the range that is here, or the object once all of it is. */
export async function uploadChunk(call: StorageCall): Promise<LocalResponse> {
  const { request } = call;
  const upload = uploadOf(call);
  if (upload.answer !== undefined) return upload.answer;
  const range = contentRangeOf(header(request.headers, "content-range"));
  const size = range.size ?? upload.size;
  if (upload.size !== undefined && size !== upload.size) {
    throw invalid(`The size ${size} is not the ${upload.size} that X-Upload-Content-Length said.`);
  }
  if (range.first === undefined) {
    return upload.received === size ? complete(call, upload) : incomplete(upload);
  }
  await receive(upload, range.first, request);
  if (isLast(range, size, upload)) return complete(call, upload);
  upload.keepWholeSteps();
  return incomplete(upload);
}

/** 499 is what the service answers to a client that has given up. */
export function cancelUpload(call: StorageCall): LocalResponse {
  call.uploads.delete(uploadOf(call));
  return { status: 499, headers: [["Content-Length", "0"]], body: Buffer.alloc(0) };
}

function uploadOf({ uploads, query, cloud }: StorageCall): Upload {
  const upload = uploads.get(query.get("upload_id") ?? "", cloud.clock.now());
  if (upload === undefined) throw gone("The upload session is no longer available.");
  return upload;
}

/**
 * Adds the bytes that are new: what is here already is ignored (docs/resumable-uploads#resent-data), also where an
 * earlier request is still bringing it. Keeps the whole steps of what came before the connection broke, then rejects.
 */
async function receive(upload: Upload, first: number, { body }: LocalRequest): Promise<void> {
  let offset = first;
  checkOffset(offset, upload);
  try {
    for await (const chunk of chunksOf(body)) {
      checkOffset(offset, upload);
      upload.add(chunk.subarray(upload.received - offset));
      offset += chunk.length;
    }
  } catch (error) {
    upload.keepWholeSteps();
    throw error;
  }
}

/** The sentence is the upload service's, as RobinBobin/react-native-google-drive-api-wrapper#68 quotes it. */
function checkOffset(offset: number, { received }: Upload): void {
  if (offset <= received) return;
  throw unavailable(
    `Invalid request.  According to the Content-Range header, the upload offset is ${offset} byte(s), ` +
      `which exceeds already uploaded size of ${received} byte(s).`,
  );
}

async function* chunksOf(body: Buffer | Readable): AsyncIterable<Buffer> {
  if (Buffer.isBuffer(body)) yield body;
  else yield* body as AsyncIterable<Buffer>;
}

/** The end of a body is the object's end where neither side has said how large it is. */
function isLast({ last }: ContentRange, size: number | undefined, { received }: Upload): boolean {
  if (size !== undefined) {
    if (received > size) throw invalid(`Received ${received} bytes of an upload of ${size}.`);
    return received === size;
  }
  return last === undefined;
}

function complete(call: StorageCall, upload: Upload): LocalResponse {
  const { caller } = upload;
  const bucket = bucketOf({ ...call, caller, bucketName: upload.bucket });
  const expected = { ...upload.draft.expected, ...expectedOf(call.request) };
  const answer = commit({ ...call, caller }, bucket, { ...upload.draft, expected }, upload.bytes());
  upload.release(answer);
  return answer;
}

function incomplete({ received }: Upload): LocalResponse {
  return {
    status: 308,
    headers: [
      ...(received > 0 ? [["Range", `bytes=0-${received - 1}`] as const] : []),
      ["Content-Length", "0"],
    ],
    body: Buffer.alloc(0),
  };
}
