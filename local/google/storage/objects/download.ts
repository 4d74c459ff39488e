/** An object's bytes as an answer. Source: cloud.google.com/storage/docs/json_api/v1/objects/get and docs/transcoding. */
import { gunzipSync } from "node:zlib";
import {
  header,
  type Headers,
  type LocalRequest,
  type LocalResponse,
} from "../../../http/message.ts";
import { rangeNotSatisfiable } from "../errors.ts";
import type { StoredObject } from "./object.ts";
import { etagOf } from "../views.ts";

/** The whole object or the one range that is asked for. Throws 416 for a range behind the end. */
export function download(object: StoredObject, { headers }: LocalRequest): LocalResponse {
  const decoded = (header(headers, "accept-encoding") ?? "").includes("gzip")
    ? undefined
    : decodedOf(object);
  const isDecoded = decoded !== undefined;
  const bytes = decoded ?? object.bytes;
  const about = headersOf(object, isDecoded);
  // A range of what is decoded on the way cannot be served; the service ignores it and sends the whole.
  const range = isDecoded ? undefined : rangeOf(header(headers, "range"), bytes.length);
  if (range === undefined) {
    return { status: 200, headers: [...about, ["Content-Length", `${bytes.length}`]], body: bytes };
  }
  const [first, last] = range;
  const body = bytes.subarray(first, last + 1);
  return {
    status: 206,
    headers: [
      ...about,
      ["Content-Range", `bytes ${first}-${last}/${bytes.length}`],
      ["Content-Length", `${body.length}`],
    ],
    body,
  };
}

/** Undefined where there is nothing to decode, whatever the object says of itself. */
function decodedOf({ contentEncoding, bytes }: StoredObject): Buffer | undefined {
  if (contentEncoding !== "gzip") return undefined;
  try {
    return gunzipSync(bytes);
  } catch {
    return undefined;
  }
}

/** What is said of an object beside its bytes. `isDecoded`: they are sent without their own encoding. */
export function headersOf(object: StoredObject, isDecoded: boolean): Headers {
  const { contentEncoding, contentDisposition, contentLanguage, cacheControl } = object;
  const optional: readonly (readonly [string, string | undefined])[] = [
    ["Content-Encoding", isDecoded ? undefined : contentEncoding],
    ["Content-Disposition", contentDisposition],
    ["Content-Language", contentLanguage],
    ["Cache-Control", cacheControl],
  ];
  return [
    ["Content-Type", object.contentType ?? "application/octet-stream"],
    ["ETag", etagOf(object)],
    ["Last-Modified", new Date(object.updated).toUTCString()],
    ["X-Goog-Generation", String(object.generation)],
    ["X-Goog-Metageneration", String(object.metageneration)],
    ["X-Goog-Storage-Class", "STANDARD"],
    ["X-Goog-Hash", hashes(object)],
    ["X-Goog-Stored-Content-Encoding", contentEncoding ?? "identity"],
    ["X-Goog-Stored-Content-Length", String(object.bytes.length)],
    ...optional.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
    ...Object.entries(object.metadata ?? {}).map(
      ([name, value]) => [`X-Goog-Meta-${name}`, value] as const,
    ),
  ];
}

/** Source: cloud.google.com/storage/docs/xml-api/reference-headers#xgooghash. */
function hashes({ crc32c, md5Hash }: StoredObject): string {
  return md5Hash === undefined ? `crc32c=${crc32c}` : `crc32c=${crc32c},md5=${md5Hash}`;
}

/** First and last byte; undefined for the whole: no range, several ranges, or none that can be read (RFC 9110, 14.2). */
function rangeOf(text: string | undefined, length: number): readonly [number, number] | undefined {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(text ?? "") ?? [];
  if (from === "" && to === "") return undefined;
  if (from === "") {
    const wanted = Math.min(Number(to), length);
    if (wanted === 0) throw rangeNotSatisfiable();
    return [length - wanted, length - 1];
  }
  const first = Number(from);
  const last = to === "" ? length - 1 : Math.min(Number(to), length - 1);
  if (to !== "" && Number(to) < first) return undefined;
  if (first >= length) throw rangeNotSatisfiable();
  return [first, last];
}
