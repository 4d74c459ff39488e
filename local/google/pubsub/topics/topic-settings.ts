/** The settings of a topic: checked, and back to the proto form. Source: pubsub.proto, Topic. */
import type { protos } from "@google-cloud/pubsub";
import { invalid, refuseUnsupported } from "../fields.ts";
import { MAX_RETENTION_MS, MIN_RETENTION_MS } from "../limits.ts";
import { millisOf, protoTime } from "../time.ts";

type TopicMessage = protos.google.pubsub.v1.ITopic;

/** All of them are kept and shown: there is one machine to store on, and nothing to seek back to. */
export interface TopicSettings {
  readonly labels: Readonly<Record<string, string>>;
  readonly retentionMs: number | undefined;
  readonly storagePolicy: protos.google.pubsub.v1.IMessageStoragePolicy | undefined;
}

/** `state` and `satisfiesPzs` are output only: accepted and ignored. */
const FIELDS = new Set([
  ...["name", "labels", "messageStoragePolicy", "messageRetentionDuration"],
  ...["state", "satisfiesPzs"],
]);
export const MUTABLE_TOPIC_FIELDS: ReadonlySet<string> = new Set([
  ...["labels", "messageStoragePolicy", "messageRetentionDuration"],
]);

/** Throws INVALID_ARGUMENT for a value out of range and UNIMPLEMENTED for a field that is not imitated. */
export function topicSettingsOf(topic: TopicMessage): TopicSettings {
  refuseUnsupported(topic, "Topic", FIELDS);
  const storagePolicy = topic.messageStoragePolicy ?? undefined;
  refuseUnsupported(
    storagePolicy ?? {},
    "MessageStoragePolicy",
    new Set(["allowedPersistenceRegions"]),
  );
  return {
    labels: topic.labels ?? {},
    retentionMs: retentionOf(topic.messageRetentionDuration),
    storagePolicy,
  };
}

export function topicMessage(name: string, settings: TopicSettings): TopicMessage {
  const { labels, retentionMs, storagePolicy } = settings;
  return {
    name,
    labels,
    ...(storagePolicy && { messageStoragePolicy: storagePolicy }),
    ...(retentionMs !== undefined && { messageRetentionDuration: protoTime(retentionMs) }),
    state: "ACTIVE",
  };
}

/** Of a topic or a subscription. */
export function retentionOf(
  duration: protos.google.protobuf.IDuration | null | undefined,
): number | undefined {
  const retentionMs = millisOf(duration);
  if (retentionMs === undefined) return undefined;
  if (retentionMs >= MIN_RETENTION_MS && retentionMs <= MAX_RETENTION_MS) return retentionMs;
  throw invalid("message_retention_duration must be between 10 minutes and 31 days.");
}
