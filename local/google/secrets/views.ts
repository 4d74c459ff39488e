/** Secrets and versions as the API returns them, in proto-plain form. Source: resources.proto. */
import type { protos } from "@google-cloud/secret-manager";
import type { Replication, Secret, Version } from "./state.ts";

type SecretMessage = protos.google.cloud.secretmanager.v1.ISecret;
type VersionMessage = protos.google.cloud.secretmanager.v1.ISecretVersion;

export function secretName(secret: string, projectNumber: string): string {
  return `projects/${projectNumber}/secrets/${secret}`;
}

export function versionName(secret: string, version: string | number, number: string): string {
  return `${secretName(secret, number)}/versions/${version}`;
}

export function secretView(secret: Secret, projectNumber: string): SecretMessage {
  const { id, createdAt, labels, annotations } = secret;
  return {
    name: secretName(id, projectNumber),
    createTime: protoTime(createdAt),
    replication: replicationView(secret.replication),
    labels,
    annotations,
  };
}

export function versionView(
  version: Version,
  secret: Secret,
  projectNumber: string,
): VersionMessage {
  const { number, createdAt, destroyedAt, state, isChecksumGiven } = version;
  return {
    name: versionName(secret.id, number, projectNumber),
    createTime: protoTime(createdAt),
    ...(destroyedAt !== undefined && { destroyTime: protoTime(destroyedAt) }),
    state,
    replicationStatus: replicationView(secret.replication),
    ...(isChecksumGiven && { clientSpecifiedPayloadChecksum: true }),
  };
}

function replicationView({ locations }: Replication) {
  return locations.length === 0
    ? { automatic: {} }
    : { userManaged: { replicas: locations.map((location) => ({ location })) } };
}

function protoTime(millis: number): { seconds: number; nanos: number } {
  const seconds = Math.floor(millis / 1000);
  return { seconds, nanos: Math.round((millis - seconds * 1000) * 1e6) };
}
