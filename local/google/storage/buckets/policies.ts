/** The JSON API's methods about the policies of buckets. Source: cloud.google.com/storage/docs/json_api/v1/buckets. */
import { jsonResponse, type LocalResponse } from "../../../http/message.ts";
import {
  notSettable,
  permissionsHeld,
  policyView,
  needToRead,
  type Governed,
} from "../../iam-policy.ts";
import { bucketOf, type StorageCall } from "../call.ts";
import { onBucket } from "../permissions.ts";
import { invalid } from "../errors.ts";

/**
 * "If the optionsRequestedPolicyVersion is for an older version that doesn't support part of the requested IAM policy, the
 * request fails." How it says so is not recorded.
 */
export function getBucketPolicy(call: StorageCall): LocalResponse {
  const { cloud, caller, query } = call;
  const governed = governedBy(bucketOf(call), call);
  cloud.authorize({ ...caller, ...needToRead(governed) });
  const asked = query.get("optionsRequestedPolicyVersion");
  const whole = policyView(governed, 3, cloud);
  const view = policyView(governed, asked === null ? undefined : Number(asked), cloud);
  if (whole.version !== view.version) {
    throw invalid("The policy has conditions, which only policy version 3 can show.");
  }
  return jsonResponse(200, {
    kind: "storage#policy",
    resourceId: governed.on.resource,
    ...view,
    etag: view.etag.toString("base64"),
  });
}

export function setBucketPolicy(call: StorageCall): LocalResponse {
  throw notSettable(governedBy(bucketOf(call), call));
}

export function testBucketPermissions(call: StorageCall): LocalResponse {
  const governed = governedBy(bucketOf(call), call);
  const permissions = permissionsHeld(governed, call.query.getAll("permissions"), call);
  return jsonResponse(200, { kind: "storage#testIamPermissionsResponse", permissions });
}

function governedBy({ name }: { readonly name: string }, { cloud }: StorageCall): Governed {
  return { permissions: "storage.buckets", on: onBucket(name, cloud) };
}
