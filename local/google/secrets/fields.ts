/** What of a Secret message is honoured here. Source: google/cloud/secretmanager/v1/resources.proto. */
import type { protos } from "@google-cloud/secret-manager";
import { ApiError } from "../../errors.ts";
import type { Replication } from "./state.ts";

type SecretMessage = protos.google.cloud.secretmanager.v1.ISecret;
type ReplicationMessage = protos.google.cloud.secretmanager.v1.IReplication;

/** `name` and `createTime` are the service's own to say, and are ignored in requests. */
const OF_A_SECRET = new Set(["name", "createTime", "replication", "labels", "annotations"]);

/**
 * Throws UNIMPLEMENTED, naming the field, for anything set that this simulator would otherwise ignore.
 * `path` is what stands before the field's name in the message.
 */
export function refuseUnsupported(
  message: object,
  path: string,
  supported: ReadonlySet<string>,
): void {
  for (const [field, value] of Object.entries(message)) {
    if (value === null || value === undefined || value === "" || supported.has(field)) continue;
    throw new ApiError(
      "UNIMPLEMENTED",
      `${path}.${field} is not supported by the local Secret Manager; remove the field.`,
    );
  }
}

export function checkSecret(secret: SecretMessage): SecretMessage {
  refuseUnsupported(secret, "Secret", OF_A_SECRET);
  return secret;
}

/** Throws INVALID_ARGUMENT where neither kind of replication is named. */
export function replicationOf(message: ReplicationMessage | null | undefined): Replication {
  if (message?.automatic) {
    refuseUnsupported(message.automatic, "Replication.Automatic", new Set());
    return { locations: [] };
  }
  const replicas = message?.userManaged?.replicas ?? [];
  for (const replica of replicas) refuseUnsupported(replica, "Replica", new Set(["location"]));
  if (replicas.length > 0) return { locations: replicas.map(({ location }) => location ?? "") };
  throw required("secret.replication");
}

/** The sentence of the service: hashicorp/terraform-provider-google#8766, recorded for `payload`. */
export function required(field: string): ApiError {
  return new ApiError("INVALID_ARGUMENT", `Field [${field}] is required.`);
}
