/**
 * Limits and defaults of Pub/Sub. Where nothing else is named: google/pubsub/v1/pubsub.proto, at the field of that name;
 * sizes: cloud.google.com/pubsub/quotas#resource_limits.
 */

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Bytes of a publish request, and of a message in it. */
export const MAX_PUBLISH_BYTES = 10_000_000;
export const MAX_MESSAGES_PER_PUBLISH = 1000;
export const MAX_ATTRIBUTES = 100;
export const MAX_ATTRIBUTE_KEY_BYTES = 256;
export const MAX_ATTRIBUTE_VALUE_BYTES = 1024;
export const MAX_ORDERING_KEY_BYTES = 1024;

export const DEFAULT_ACK_DEADLINE_SECONDS = 10;
export const MIN_ACK_DEADLINE_SECONDS = 10;
export const MAX_ACK_DEADLINE_SECONDS = 600;

export const DEFAULT_RETENTION_MS = 7 * DAY_MS;
export const MIN_RETENTION_MS = 10 * MINUTE_MS;
export const MAX_RETENTION_MS = 31 * DAY_MS;

/** Of a subscription without an expiration policy. */
export const DEFAULT_EXPIRATION_MS = 31 * DAY_MS;
export const MIN_EXPIRATION_MS = DAY_MS;

export const DEFAULT_MIN_BACKOFF_MS = 10 * SECOND_MS;
export const DEFAULT_MAX_BACKOFF_MS = 600 * SECOND_MS;
export const MAX_BACKOFF_MS = 600 * SECOND_MS;

export const DEFAULT_DELIVERY_ATTEMPTS = 5;
export const MIN_DELIVERY_ATTEMPTS = 5;
export const MAX_DELIVERY_ATTEMPTS = 100;

/** cloud.google.com/pubsub/docs/subscription-message-filter */
export const MAX_FILTER_BYTES = 256;

/** The push backoff, cloud.google.com/pubsub/docs/push: "between 100 milliseconds to 60 seconds". */
export const MIN_PUSH_BACKOFF_MS = 100;
export const MAX_PUSH_BACKOFF_MS = 60 * SECOND_MS;

/** Requests of one push subscription under way at once. The service's own maximum is not published; this one is ours. */
export const MAX_PUSH_WINDOW = 1000;

/** Messages in one answer to a pull, or in one response on a stream. */
export const MAX_MESSAGES_PER_PULL = 1000;
/** How long a pull waits for a first message: "a bounded amount of time", says PullRequest; how long is ours. */
export const PULL_WAIT_MS = 10 * SECOND_MS;

/** The service's maximum is not published; this one is ours. */
export const MAX_ITEMS_PER_PAGE = 1000;
