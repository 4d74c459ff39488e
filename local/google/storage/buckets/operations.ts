/**
 * The JSON API's methods about buckets.
 * Source: cloud.google.com/storage/docs/json_api/v1/buckets; permissions: docs/access-control/iam-json.
 */
import { bodyOf, jsonResponse, type LocalResponse } from "../../../http/message.ts";
import { bucketOf, type StorageCall } from "../call.ts";
import { mayInProject, mayOnBucket } from "../permissions.ts";
import { settingsOf } from "./settings.ts";
import { conflict, invalid } from "../errors.ts";
import { jsonOf } from "../json.ts";
import { checkBucketName } from "../names.ts";
import { holds, preconditionsOf } from "../preconditions.ts";
import type { Bucket } from "./bucket.ts";
import { byBytes } from "./sorted-names.ts";
import { noContent, notModified } from "../answers.ts";
import { bucketView } from "../views.ts";

/** All on one page: a local cloud has a handful. */
export function listBuckets(call: StorageCall): LocalResponse {
  const { state, cloud, query } = call;
  checkProject(call);
  mayInProject(call, "storage.buckets.list");
  const prefix = query.get("prefix") ?? "";
  const buckets = [...state.buckets.values()]
    .filter(({ name }) => name.startsWith(prefix))
    .sort((a, b) => byBytes(a.name, b.name));
  const items = buckets.map((bucket) => bucketView(bucket, cloud.projectNumber));
  return jsonResponse(200, { kind: "storage#buckets", ...(items.length > 0 && { items }) });
}

export async function insertBucket(call: StorageCall): Promise<LocalResponse> {
  const { state, cloud, request } = call;
  const resource = jsonOf(await bodyOf(request));
  checkProject(call);
  mayInProject(call, "storage.buckets.create");
  const name = checkBucketName(resource.name);
  const settings = settingsOf(resource);
  if (state.buckets.has(name)) {
    throw conflict(
      "Your previous request to create the named bucket succeeded and you already own it.",
    );
  }
  const bucket = state.addBucket(name, settings, cloud.clock.now());
  return jsonResponse(200, bucketView(bucket, cloud.projectNumber));
}

export function getBucket(call: StorageCall): LocalResponse {
  const bucket = bucketOf(call);
  mayOnBucket(call, "storage.buckets.get", bucket.name);
  if (!holds(preconditionsOf(call.query), bucket)) return notModified();
  return shown(call, bucket);
}

export async function patchBucket(call: StorageCall): Promise<LocalResponse> {
  const { state, cloud, request, query } = call;
  const patch = jsonOf(await bodyOf(request));
  const bucket = bucketOf(call);
  mayOnBucket(call, "storage.buckets.update", bucket.name);
  if (!holds(preconditionsOf(query), bucket)) return notModified();
  state.configure(bucket, settingsOf(patch, bucket.settings), cloud.clock.now());
  return shown(call, bucket);
}

/** Only an empty bucket. The sentence is what gsutil recognises (GoogleCloudPlatform/gsutil, gslib/gcs_json_api.py). */
export function deleteBucket(call: StorageCall): LocalResponse {
  const bucket = bucketOf(call);
  mayOnBucket(call, "storage.buckets.delete", bucket.name);
  if (!holds(preconditionsOf(call.query), bucket)) return notModified();
  if (!bucket.isEmpty) throw conflict("The bucket you tried to delete is not empty.");
  call.state.removeBucket(bucket);
  return noContent();
}

function shown({ cloud }: StorageCall, bucket: Bucket): LocalResponse {
  return jsonResponse(200, bucketView(bucket, cloud.projectNumber));
}

function checkProject({ query, cloud }: StorageCall): void {
  const project = query.get("project") ?? "";
  if (project === cloud.projectId || project === cloud.projectNumber) return;
  throw invalid(project === "" ? "Required parameter: project" : `Unknown project id: ${project}`);
}
