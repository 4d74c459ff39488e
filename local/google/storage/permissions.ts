/** What IAM is asked about buckets and objects. */
import type { Attributes, Caller, Need } from "../../iam/types.ts";
import { PROJECT_ATTRIBUTES, type Cloud } from "../api.ts";

/** Whoever may ask IAM: a request, and an upload that a request began. */
export interface Asking {
  readonly cloud: Cloud;
  readonly caller: Caller;
}

/** Throws PERMISSION_DENIED unless the caller has the permission in the project. */
export function mayInProject({ cloud, caller }: Asking, permission: string): void {
  cloud.authorize({
    ...caller,
    permission,
    resource: parentOf(cloud),
    attributes: PROJECT_ATTRIBUTES,
  });
}

/**
 * Throws PERMISSION_DENIED unless the caller has the permission on the bucket.
 * @param api What conditions can ask about this request.
 */
export function mayOnBucket(
  { cloud, caller }: Asking,
  permission: string,
  bucket: string,
  api?: Attributes["api"],
): void {
  const { attributes, ...on } = onBucket(bucket, cloud);
  cloud.authorize({
    ...caller,
    permission,
    ...on,
    attributes: { ...attributes, ...(api && { api }) },
  });
}

/** Throws PERMISSION_DENIED unless the caller has the permission on the object, whether or not it exists. */
export function mayOnObject(
  { cloud, caller }: Asking,
  permission: string,
  bucket: string,
  object: string,
): void {
  const on = about(`projects/_/buckets/${bucket}/objects/${object}`, "Object", cloud);
  cloud.authorize({ ...caller, permission, ...on });
}

/** Whether `mayOnObject` would not throw: asked without a trace. */
export function canOnObject(
  { cloud, caller }: Asking,
  permission: string,
  bucket: string,
  object: string,
): boolean {
  const on = about(`projects/_/buckets/${bucket}/objects/${object}`, "Object", cloud);
  return cloud.isAllowed({ ...caller, permission, ...on });
}

/** A bucket as IAM is asked of it. */
export function onBucket(bucket: string, cloud: Cloud): About {
  return about(`projects/_/buckets/${bucket}`, "Bucket", cloud);
}

type About = Omit<Need, "permission"> & Required<Pick<Need, "attributes">>;

/** Names and types: cloud.google.com/iam/docs/conditions-resource-attributes. */
function about(resource: string, type: "Bucket" | "Object", cloud: Cloud): About {
  const service = "storage.googleapis.com";
  const attributes = { name: resource, type: `${service}/${type}`, service };
  return { resource, parent: parentOf(cloud), attributes };
}

function parentOf({ projectId }: Cloud): string {
  return `projects/${projectId}`;
}
