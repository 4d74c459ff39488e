/**
 * Which of the XML API's methods a request asks for, as far as signed URLs lead there: those about one object.
 * Source: cloud.google.com/storage/docs/xml-api/reference-methods and docs/request-endpoints.
 */
import { ApiError } from "../../../errors.ts";
import { header, type LocalRequest } from "../../../http/message.ts";
import { decoded } from "../../../http/routes.ts";
import { invalid, unsupported } from "../errors.ts";
import type { Asked, Operation } from "../routes.ts";
import { beginUpload, deleteObject, getObject, headObject, putObject } from "./operations.ts";
import { SIGNATURE_PARAMETERS } from "./signed-url.ts";

export const HOST = "storage.googleapis.com";
const OF_BUCKET = `.${HOST}`;

/** Paths of the JSON API, which has the same host. */
const JSON_API = /^\/((resumable\/)?upload\/|download\/)?(storage|batch)\/|^\/discovery\//;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  DELETE: deleteObject,
  GET: getObject,
  HEAD: headObject,
  POST: beginUpload,
  PUT: putObject,
};

const PARAMETERS = new Set<string>([
  ...SIGNATURE_PARAMETERS,
  "generation",
  "response-content-disposition",
  "response-content-type",
  "upload_id",
  "userproject",
]);

/** Headers of Google's own that are honoured, or that change nothing. */
const HEADERS = new Set([
  "x-goog-api-client",
  "x-goog-content-length-range",
  "x-goog-hash",
  "x-goog-if-generation-match",
  "x-goog-if-metageneration-match",
  "x-goog-resumable",
  "x-goog-user-project",
]);

/** Whether it is for the XML API. */
export function isXml({ hostname, pathname }: URL): boolean {
  if (hostname.endsWith(OF_BUCKET)) return true;
  return hostname === HOST && !JSON_API.test(pathname);
}

/** `BUCKET.storage.googleapis.com` */
export function hostOf(bucket: string): string {
  return `${bucket}${OF_BUCKET}`;
}

/** Throws UNIMPLEMENTED with the name of whatever is not simulated: a method, a parameter, a header. */
export function xmlAskedOf({ method, url, headers }: LocalRequest): Asked {
  const called = `${method} https://${url.hostname}${url.pathname}`;
  const { bucket, object } = namesIn(url);
  const operation = OPERATIONS[method];
  if (operation === undefined || bucket === "" || object === "") throw unsupported(called);
  for (const name of url.searchParams.keys()) {
    if (!PARAMETERS.has(name.toLowerCase())) {
      throw unsupported(`${called} with the parameter ${name}`);
    }
  }
  for (const [name] of headers) {
    if (!isHonoured(name.toLowerCase())) throw unsupported(`${called} with the header ${name}`);
  }
  if (method === "POST" && header(headers, "x-goog-resumable") !== "start") {
    throw unsupported(`${called} without x-goog-resumable: start`);
  }
  const destination = { bucketName: "", objectName: "" };
  return { operation, bucketName: bucket, objectName: object, destination };
}

function namesIn({ hostname, pathname }: URL): { bucket: string; object: string } {
  const path = decoded(pathname.slice(1), malformed);
  if (hostname.endsWith(OF_BUCKET)) {
    return { bucket: hostname.slice(0, -OF_BUCKET.length), object: path };
  }
  const slash = path.indexOf("/");
  if (slash < 0) return { bucket: path, object: "" };
  return { bucket: path.slice(0, slash), object: path.slice(slash + 1) };
}

/** Of others, those that change what is done: preconditions on the ETag, and Google's own and Amazon's. */
function isHonoured(name: string): boolean {
  if (/^if-(match|none-match|modified-since|unmodified-since)$/.test(name)) return false;
  return !/^x-(goog|amz)-/.test(name) || name.startsWith("x-goog-meta-") || HEADERS.has(name);
}

function malformed(path: string): ApiError {
  return invalid(`Malformed path ${path}.`);
}
