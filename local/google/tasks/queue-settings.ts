/** The settings of a queue: checked, defaults filled in, and back to the proto form. Source: queue.proto. */
import type { protos } from "@google-cloud/tasks";
import type { RetrySettings } from "./dispatch/backoff.ts";
import { burstSizeOf } from "./dispatch/token-bucket.ts";
import type { RateSettings } from "./dispatch/token-bucket.ts";
import { invalid, refuseUnsupported } from "./fields.ts";
import * as limits from "./limits.ts";
import { millisOf, protoTime } from "./time.ts";

type Queue = protos.google.cloud.tasks.v2.IQueue;
type RateLimits = protos.google.cloud.tasks.v2.IRateLimits;
type RetryConfig = protos.google.cloud.tasks.v2.IRetryConfig;

export interface QueueSettings {
  readonly rate: RateSettings & { readonly maxConcurrentDispatches: number };
  readonly retry: RetrySettings;
  /** Kept and returned only: local mode logs every attempt. */
  readonly samplingRatio: number | undefined;
}

/** `state`, `purgeTime` and `maxBurstSize` are output only: accepted and ignored. */
const QUEUE_FIELDS = new Set([
  ...["name", "rateLimits", "retryConfig", "state", "purgeTime", "stackdriverLoggingConfig"],
]);
const RATE_FIELDS = new Set(["maxDispatchesPerSecond", "maxBurstSize", "maxConcurrentDispatches"]);
const RETRY_FIELDS = new Set([
  ...["maxAttempts", "maxRetryDuration", "minBackoff", "maxBackoff", "maxDoublings"],
]);

/** What a mask may name, besides the whole groups. */
const MASK_LEAVES: Readonly<Record<"rateLimits" | "retryConfig", ReadonlySet<string>>> = {
  rateLimits: RATE_FIELDS,
  retryConfig: RETRY_FIELDS,
};

/**
 * Settings of a queue to be created or replaced. Throws INVALID_ARGUMENT for a value out of range and UNIMPLEMENTED for
 * a field that would change behaviour and is not imitated.
 */
export function settingsOf(queue: Queue): QueueSettings {
  refuseUnsupported(queue, "Queue", QUEUE_FIELDS);
  const samplingRatio = queue.stackdriverLoggingConfig?.samplingRatio ?? undefined;
  if (samplingRatio !== undefined && !(samplingRatio >= 0 && samplingRatio <= 1)) {
    throw invalid("StackdriverLoggingConfig.samplingRatio must be between 0.0 and 1.0.");
  }
  return { rate: rateOf(queue.rateLimits), retry: retryOf(queue.retryConfig), samplingRatio };
}

/**
 * The queue that an update asks for: `current` with the fields of the mask taken from `wanted`, or `wanted` alone where
 * the mask is empty. Paths may be spelled as in the proto or as in JSON. A field of the mask that is unset goes back to
 * its default. Output only fields may be named and stay as they are: "Any value specified for an output only field will be
 * ignored" (cloudtasks.proto, UpdateQueueRequest.queue); that the service takes a mask of nothing else is not recorded.
 */
export function masked(current: Queue, wanted: Queue, paths: readonly string[]): Queue {
  if (paths.length === 0 || paths.includes("*")) return wanted;
  const result: Record<string, unknown> = { ...current };
  for (const path of paths) {
    const [group = "", leaf, ...rest] = path.split(".").map(camelCase);
    const isKnown = QUEUE_FIELDS.has(group) || group === "appEngineRoutingOverride";
    const leaves = MASK_LEAVES[group as keyof typeof MASK_LEAVES] as
      ReadonlySet<string> | undefined;
    if (!isKnown || rest.length > 0 || (leaf !== undefined && leaves?.has(leaf) === false)) {
      throw invalid(`Invalid field in update_mask: ${path}.`);
    }
    const value = (wanted as Record<string, unknown>)[group];
    result[group] =
      leaf === undefined || leaves === undefined
        ? value
        : {
            ...(result[group] as object),
            [leaf]: (value as Record<string, unknown> | null)?.[leaf],
          };
  }
  return result;
}

/** The parts of a Queue message that settings make up. */
export function settingsMessage({ rate, retry, samplingRatio }: QueueSettings) {
  return {
    rateLimits: { ...rate },
    retryConfig: {
      maxAttempts: retry.maxAttempts,
      maxRetryDuration: protoTime(retry.maxRetryDurationMs),
      minBackoff: protoTime(retry.minBackoffMs),
      maxBackoff: protoTime(retry.maxBackoffMs),
      maxDoublings: retry.maxDoublings,
    },
    ...(samplingRatio === undefined ? {} : { stackdriverLoggingConfig: { samplingRatio } }),
  };
}

function rateOf(message: RateLimits | null | undefined): QueueSettings["rate"] {
  refuseUnsupported(message ?? {}, "RateLimits", RATE_FIELDS);
  const rate = message?.maxDispatchesPerSecond ?? 0;
  const concurrent = message?.maxConcurrentDispatches ?? 0;
  atMost("RateLimits.maxDispatchesPerSecond", rate, limits.MAX_DISPATCHES_PER_SECOND);
  atMost("RateLimits.maxConcurrentDispatches", concurrent, limits.MAX_CONCURRENT_DISPATCHES);
  // Zero is what an unset number looks like on the wire: the service picks its default.
  const maxDispatchesPerSecond = rate === 0 ? limits.DEFAULT_DISPATCHES_PER_SECOND : rate;
  return {
    maxDispatchesPerSecond,
    maxBurstSize: burstSizeOf(maxDispatchesPerSecond),
    maxConcurrentDispatches: concurrent === 0 ? limits.DEFAULT_CONCURRENT_DISPATCHES : concurrent,
  };
}

function retryOf(message: RetryConfig | null | undefined): RetrySettings {
  refuseUnsupported(message ?? {}, "RetryConfig", RETRY_FIELDS);
  const maxAttempts = message?.maxAttempts ?? 0;
  if (maxAttempts < limits.UNLIMITED_ATTEMPTS) {
    throw invalid("RetryConfig.maxAttempts must be greater or equal to -1.");
  }
  const given = {
    min: millisOf(message?.minBackoff),
    max: millisOf(message?.maxBackoff),
    age: millisOf(message?.maxRetryDuration) ?? 0,
  };
  notNegative("RetryConfig.minBackoff", given.min ?? 0);
  notNegative("RetryConfig.maxBackoff", given.max ?? 0);
  notNegative("RetryConfig.maxRetryDuration", given.age);
  // A bound left open never contradicts the one that was given.
  const minBackoffMs =
    given.min ?? Math.min(limits.DEFAULT_MIN_BACKOFF_MS, given.max ?? Number.POSITIVE_INFINITY);
  const maxBackoffMs = given.max ?? Math.max(limits.DEFAULT_MAX_BACKOFF_MS, minBackoffMs);
  if (minBackoffMs > maxBackoffMs) {
    throw invalid("RetryConfig.minBackoff must be less than or equal to RetryConfig.maxBackoff.");
  }
  // Over gRPC a zero cannot be told from an unset field; where it can be (REST, the program), it is taken at its word.
  const maxDoublings = message?.maxDoublings ?? limits.DEFAULT_MAX_DOUBLINGS;
  notNegative("RetryConfig.maxDoublings", maxDoublings);
  return {
    maxAttempts: maxAttempts === 0 ? limits.DEFAULT_MAX_ATTEMPTS : maxAttempts,
    maxRetryDurationMs: Math.floor(given.age / 1000) * 1000,
    minBackoffMs,
    maxBackoffMs,
    maxDoublings,
  };
}

function atMost(field: string, value: number, limit: number): void {
  notNegative(field, value);
  if (value > limit) throw invalid(`${field} must be less than or equal to ${limit}.`);
}

function notNegative(field: string, value: number): void {
  if (value < 0) throw invalid(`${field} cannot be negative.`);
}

function camelCase(path: string): string {
  return path.trim().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
