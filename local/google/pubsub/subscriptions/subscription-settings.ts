/** The settings of a subscription: checked, defaults filled in, and back to the proto form. Source: pubsub.proto. */
import type { protos } from "@google-cloud/pubsub";
import { ApiError } from "../../../errors.ts";
import { invalid, refuseUnsupported } from "../fields.ts";
import { parseFilter, type Matches } from "./filter.ts";
import * as limits from "../limits.ts";
import { checkTopic } from "../names.ts";
import { pushConfigMessage, pushSettingsOf, type PushSettings } from "./push-settings.ts";
import { millisOf, protoTime } from "../time.ts";
import { retentionOf } from "../topics/topic-settings.ts";

export type SubscriptionMessage = protos.google.pubsub.v1.ISubscription;

export interface SubscriptionSettings {
  /** Undefined for one that is pulled. */
  readonly push: PushSettings | undefined;
  readonly ackDeadlineSeconds: number;
  readonly retentionMs: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly isOrdered: boolean;
  /** Infinity for never. */
  readonly expiresAfterMs: number;
  readonly filter: { readonly text: string; readonly matches: Matches } | undefined;
  readonly deadLetter: { readonly topic: string; readonly maxAttempts: number } | undefined;
  readonly retry: { readonly minMs: number; readonly maxMs: number } | undefined;
}

/** `state`, `topicMessageRetentionDuration` and `analyticsHubSubscriptionInfo` are output only: accepted and ignored. */
const FIELDS = new Set([
  ...["name", "topic", "pushConfig", "ackDeadlineSeconds", "messageRetentionDuration", "labels"],
  ...["enableMessageOrdering", "expirationPolicy", "filter", "deadLetterPolicy", "retryPolicy"],
  ...["state", "topicMessageRetentionDuration", "analyticsHubSubscriptionInfo"],
]);
export const MUTABLE_SUBSCRIPTION_FIELDS: ReadonlySet<string> = new Set([
  ...["pushConfig", "ackDeadlineSeconds", "messageRetentionDuration", "labels"],
  ...["expirationPolicy", "deadLetterPolicy", "retryPolicy"],
]);

/**
 * Settings of a subscription to be created or replaced. Throws INVALID_ARGUMENT or OUT_OF_RANGE for a value that Pub/Sub
 * refuses (codes and most wordings: Google's emulator) and UNIMPLEMENTED for a field that is not imitated.
 */
export function subscriptionSettingsOf(message: SubscriptionMessage): SubscriptionSettings {
  refuseUnsupported(message, "Subscription", FIELDS);
  const text = message.filter ?? "";
  return {
    push: pushSettingsOf(message.pushConfig),
    ackDeadlineSeconds: ackDeadlineOf(message),
    retentionMs: retentionOf(message.messageRetentionDuration) ?? limits.DEFAULT_RETENTION_MS,
    labels: message.labels ?? {},
    isOrdered: message.enableMessageOrdering ?? false,
    expiresAfterMs: expirationOf(message),
    filter: text === "" ? undefined : { text, matches: parseFilter(text) },
    deadLetter: deadLetterOf(message),
    retry: retryOf(message),
  };
}

/** The message that settings make up, without name and topic. */
export function settingsMessage(settings: SubscriptionSettings): SubscriptionMessage {
  const { deadLetter, retry, expiresAfterMs } = settings;
  return {
    pushConfig: pushConfigMessage(settings.push),
    ackDeadlineSeconds: settings.ackDeadlineSeconds,
    messageRetentionDuration: protoTime(settings.retentionMs),
    labels: settings.labels,
    enableMessageOrdering: settings.isOrdered,
    expirationPolicy: expiresAfterMs === Infinity ? {} : { ttl: protoTime(expiresAfterMs) },
    filter: settings.filter?.text ?? "",
    ...(deadLetter && {
      deadLetterPolicy: {
        deadLetterTopic: deadLetter.topic,
        maxDeliveryAttempts: deadLetter.maxAttempts,
      },
    }),
    ...(retry && {
      retryPolicy: {
        minimumBackoff: protoTime(retry.minMs),
        maximumBackoff: protoTime(retry.maxMs),
      },
    }),
    state: "ACTIVE",
  };
}

/** Throws INVALID_ARGUMENT for a deadline out of bounds. */
export function checkAckDeadline(seconds: number): number {
  const { MIN_ACK_DEADLINE_SECONDS: min, MAX_ACK_DEADLINE_SECONDS: max } = limits;
  if (seconds >= min && seconds <= max) return seconds;
  throw invalid(`The ack deadline must be between ${min} and ${max} seconds, not ${seconds}.`);
}

function ackDeadlineOf({ ackDeadlineSeconds }: SubscriptionMessage): number {
  const seconds = ackDeadlineSeconds ?? 0;
  return seconds === 0 ? limits.DEFAULT_ACK_DEADLINE_SECONDS : checkAckDeadline(seconds);
}

function expirationOf({ expirationPolicy: policy }: SubscriptionMessage): number {
  if (policy === null || policy === undefined) return limits.DEFAULT_EXPIRATION_MS;
  const ttl = millisOf(policy.ttl) ?? Infinity;
  if (ttl >= limits.MIN_EXPIRATION_MS) return ttl;
  throw invalid("expiration_policy.ttl must be at least one day.");
}

function deadLetterOf({
  deadLetterPolicy: policy,
}: SubscriptionMessage): SubscriptionSettings["deadLetter"] {
  if (policy === null || policy === undefined) return undefined;
  const topic = checkTopic(policy.deadLetterTopic);
  const given = policy.maxDeliveryAttempts ?? 0;
  const maxAttempts = given === 0 ? limits.DEFAULT_DELIVERY_ATTEMPTS : given;
  const { MIN_DELIVERY_ATTEMPTS: min, MAX_DELIVERY_ATTEMPTS: max } = limits;
  if (maxAttempts < min) throw attemptsOutOfRange("small", given, `minimum value is ${min}`);
  if (maxAttempts > max) throw attemptsOutOfRange("large", given, `maximum value is ${max}`);
  return { topic, maxAttempts };
}

function attemptsOutOfRange(what: string, given: number, bound: string): ApiError {
  return new ApiError(
    "OUT_OF_RANGE",
    `The value for max_delivery_attempts is too ${what}. You passed ${given} in the request, but the ${bound}.`,
  );
}

function retryOf({ retryPolicy: policy }: SubscriptionMessage): SubscriptionSettings["retry"] {
  if (policy === null || policy === undefined) return undefined;
  const minMs = millisOf(policy.minimumBackoff) ?? limits.DEFAULT_MIN_BACKOFF_MS;
  const maxMs = millisOf(policy.maximumBackoff) ?? limits.DEFAULT_MAX_BACKOFF_MS;
  checkBackoff("minimum_backoff", minMs);
  checkBackoff("maximum_backoff", maxMs);
  if (maxMs >= minMs) return { minMs, maxMs };
  throw invalid(
    `The value for maximum_backoff is too small. You passed ${maxMs / 1000}s in the request, but the minimum value is ${minMs / 1000}s.`,
  );
}

function checkBackoff(field: string, millis: number): void {
  if (millis >= 0 && millis <= limits.MAX_BACKOFF_MS) return;
  throw invalid(
    `The value for ${field} is out of bounds. You passed ${millis / 1000}s in the request, but the value must be between 0s and ${limits.MAX_BACKOFF_MS / 1000}s.`,
  );
}
