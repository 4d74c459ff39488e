/** Which operation a request asks for: the JSON API reads its own paths, since it has no proto descriptors. */
import type { ApiError } from "../../errors.ts";
import { header, type LocalRequest, type LocalResponse } from "../../http/message.ts";
import { decoded, matchOf, patternOf, type Pattern } from "../../http/routes.ts";
import type { StorageCall } from "./call.ts";
import {
  deleteBucket,
  getBucket,
  insertBucket,
  listBuckets,
  patchBucket,
} from "./buckets/operations.ts";
import { getBucketPolicy, setBucketPolicy, testBucketPermissions } from "./buckets/policies.ts";
import { invalid, unsupported } from "./errors.ts";
import {
  deleteObject,
  downloadObject,
  getObject,
  listObjects,
  patchObject,
  updateObject,
} from "./objects/operations.ts";
import { composeObject } from "./copying/compose.ts";
import { copyObject } from "./copying/copy.ts";
import { moveObject } from "./copying/move.ts";
import { restoreObject } from "./copying/restore.ts";
import { rewriteObject } from "./copying/rewrite.ts";
import {
  BUCKET_PRECONDITIONS,
  OBJECT_PRECONDITIONS,
  SOURCE_PRECONDITIONS,
} from "./preconditions.ts";
import { insertObject } from "./upload/insert.ts";
import { cancelUpload, uploadChunk } from "./upload/resumable.ts";

export type Operation = (call: StorageCall) => LocalResponse | Promise<LocalResponse>;

interface Route extends Pattern {
  readonly operation: Operation;
  /** Query parameters that the operation honours. */
  readonly parameters: ReadonlySet<string>;
}

/** Where people's browsers download from: https://storage.cloud.google.com/BUCKET/OBJECT. */
export const BROWSER_HOST = "storage.cloud.google.com";

const BUCKETS = "/storage/v1/b";
const BUCKET = `${BUCKETS}/{bucket}`;
const OBJECTS = `${BUCKET}/o`;
const OBJECT_OF_API = `${OBJECTS}/{object}`;
const OBJECT = `[/download]${OBJECT_OF_API}`;
const TO = "b/{toBucket}/o/{toObject}";
/** gcloud begins resumable uploads under a path of its own (googlecloudsdk/generated_clients/apis/storage). */
const UPLOAD = `[/resumable]/upload${OBJECTS}`;

const INSERT = ["uploadType", "name", "contentEncoding", ...OBJECT_PRECONDITIONS];
const SESSION = [...INSERT, "upload_id"];
const LIST = [
  "prefix",
  "delimiter",
  "startOffset",
  "endOffset",
  "includeTrailingDelimiter",
  // There are no folders beside objects.
  "includeFoldersAsPrefixes",
  "maxResults",
  "pageToken",
  "versions",
  "softDeleted",
];
const MOVE = [...OBJECT_PRECONDITIONS, ...SOURCE_PRECONDITIONS];
const COPY = ["sourceGeneration", ...MOVE];
const REWRITE = ["rewriteToken", "maxBytesRewrittenPerCall", ...COPY];
// Of a composed object's destination only what is there is asked for: docs/json_api/v1/objects/compose.
const COMPOSE = ["ifGenerationMatch", "ifMetagenerationMatch"];

const ROUTES: readonly Route[] = [
  route(`GET ${BUCKETS}`, listBuckets, ["project", "prefix", "maxResults", "pageToken"]),
  route(`POST ${BUCKETS}`, insertBucket, ["project"]),
  route(`GET ${BUCKET}`, getBucket, BUCKET_PRECONDITIONS),
  route(`PATCH ${BUCKET}`, patchBucket, BUCKET_PRECONDITIONS),
  route(`DELETE ${BUCKET}`, deleteBucket, BUCKET_PRECONDITIONS),
  route(`GET ${BUCKET}/iam`, getBucketPolicy, ["optionsRequestedPolicyVersion"]),
  route(`PUT ${BUCKET}/iam`, setBucketPolicy, []),
  route(`GET ${BUCKET}/iam/testPermissions`, testBucketPermissions, ["permissions"]),
  route(`GET ${OBJECTS}`, listObjects, LIST),
  route(`GET ${OBJECT}`, getObject, ["generation", "softDeleted", ...OBJECT_PRECONDITIONS]),
  route(`PATCH ${OBJECT}`, patchObject, ["generation", ...OBJECT_PRECONDITIONS]),
  route(`PUT ${OBJECT}`, updateObject, ["generation", ...OBJECT_PRECONDITIONS]),
  route(`DELETE ${OBJECT}`, deleteObject, ["generation", ...OBJECT_PRECONDITIONS]),
  route(`POST ${OBJECT_OF_API}/copyTo/${TO}`, copyObject, COPY),
  route(`POST ${OBJECT_OF_API}/rewriteTo/${TO}`, rewriteObject, REWRITE),
  route(`POST ${OBJECT_OF_API}/moveTo/o/{toObject}`, moveObject, MOVE),
  route(`POST ${OBJECT_OF_API}/compose`, composeObject, COMPOSE),
  route(`POST ${OBJECT_OF_API}/restore`, restoreObject, ["generation", ...OBJECT_PRECONDITIONS]),
  route(`POST ${UPLOAD}`, insertObject, INSERT),
  route(`PUT ${UPLOAD}`, uploadChunk, SESSION),
  route(`DELETE ${UPLOAD}`, cancelUpload, SESSION),
];

const BROWSER_ROUTES: readonly Route[] = [
  route("GET /{bucket}/{object*}", downloadObject, ["generation"]),
];

/** Parameters that leave what is done as it is; answers are never cut down to `fields`, nor widened to `projection=full`. */
const HARMLESS_PARAMETERS = new Set([
  "alt",
  "fields",
  "projection",
  "prettyPrint",
  "key",
  "quotaUser",
  "userProject",
]);

/** Headers that would change what is done: keys of the customer's own, and preconditions on the ETag. */
const UNSUPPORTED_HEADERS = [
  "x-goog-encryption-algorithm",
  "x-goog-encryption-key",
  "if-match",
  "if-none-match",
];

export interface Asked {
  readonly operation: Operation;
  readonly bucketName: string;
  readonly objectName: string;
  readonly destination: { readonly bucketName: string; readonly objectName: string };
}

/** Throws UNIMPLEMENTED with the name of whatever is not simulated: a method, a parameter, a header. */
export function askedOf({ method, url, headers }: LocalRequest): Asked {
  const called = `${method} https://${url.hostname}${url.pathname}`;
  const routes = url.hostname === BROWSER_HOST ? BROWSER_ROUTES : ROUTES;
  const matched = matchOf(routes, method, url.pathname);
  if (matched === undefined) throw unsupported(called);
  const { route, variables } = matched;
  for (const [name, value] of url.searchParams) {
    const isHonoured =
      route.parameters.has(name) || HARMLESS_PARAMETERS.has(name) || /^false$/i.test(value);
    if (!isHonoured) throw unsupported(`${called} with the parameter ${name}`);
  }
  for (const name of UNSUPPORTED_HEADERS) {
    if (header(headers, name) !== undefined) throw unsupported(`${called} with the header ${name}`);
  }
  const named = (variable: string): string => decoded(variables[variable] ?? "", malformed);
  return {
    operation: route.operation,
    bucketName: named("bucket"),
    objectName: named("object"),
    destination: { bucketName: named("toBucket"), objectName: named("toObject") },
  };
}

function route(template: string, operation: Operation, parameters: readonly string[]): Route {
  return { ...patternOf(template), operation, parameters: new Set(parameters) };
}

function malformed(segment: string): ApiError {
  return invalid(`Malformed path segment ${segment}.`);
}
