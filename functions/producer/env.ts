import * as v from "valibot";
import { TenantId } from "../messages/tenant.ts";
import {
  Account,
  BaseUrl,
  Flag,
  NotEmpty,
  Origin,
  Switch,
  Text,
  orDefault,
  whole,
} from "../runtime/variables.ts";

/** As header values are. */
const Secret = v.optional(
  v.pipe(v.string(), v.regex(/^[\x21-\x7e]*$/, "must be printable ASCII without spaces")),
  "",
);
const Bucket = v.pipe(
  v.string(),
  v.regex(/^$|^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/, "must be the name of a bucket"),
);

/** Environment of the producer; all values are strings. Names and defaults are the document's (producer contract, 7). */
export const ProducerEnv = v.pipe(
  v.object({
    /** Project that the role runs in. PROJECT_ID is taken: an older name of X_PROJECT_ID. */
    GOOGLE_CLOUD_PROJECT: NotEmpty,
    /** Own origin: the audience that a caller's token must have, and where successors go. */
    AUDIENCE: Origin,
    /** Service account that may call, and whose token the tasks carry. */
    CALLER_SA: Account,
    /** "true" where only holders of run.invoker get through to this service. */
    PRIVATE: Flag,
    /** Location of the queue. */
    TASKS_REGION: NotEmpty,
    /** Short id of the queue that takes successors. */
    QUEUE: NotEmpty,
    /** Bucket of status, orders and dead letters; no tenant's token reaches it. */
    STATE_BUCKET: v.pipe(Bucket, v.nonEmpty("must not be empty")),
    /** What one request to this service may take, in seconds. Default 3600. */
    TIMEOUT_SECONDS: orDefault(whole("seconds", 60, 3_600), "3600"),
    /** A run ends itself so long before its caller or this service would end it. Default 30 s. */
    RUN_MARGIN_SECONDS: orDefault(whole("seconds", 1, 600), "30"),
    /** How often orders, the lock and the cursor are looked at, in seconds. Default 5. */
    WATCH_SECONDS: orDefault(whole("seconds", 1, 60), "5"),

    /** Base URL of the workflows service, with its mount. */
    WORKFLOWS_BASE_URL: BaseUrl,
    /** Audience of the ID tokens for it. Default: WORKFLOWS_BASE_URL. */
    WORKFLOWS_AUDIENCE: Text,
    CONSUMER_BASE_URL: BaseUrl,
    /** Audience of the ID tokens for the consumer. Default: CONSUMER_BASE_URL. */
    CONSUMER_AUDIENCE: Text,
    /** "0" sends the consumer no ID token: SERVICE_AUTH_TOKEN is its bearer then. Default 1. */
    CONSUMER_ID_TOKEN: orDefault(Switch, "1"),
    /** Secret shared with the consumer. Default: none. */
    SERVICE_AUTH_TOKEN: Secret,

    /** The position of a first start that names none. A cursor wins over it. */
    SINCE_ID: Text,
    SINCE_TIME: v.optional(
      v.union([v.literal(""), v.pipe(v.string(), v.isoTimestamp("must be an ISO 8601 time"))]),
      "",
    ),
    /** A first start without any position begins so long ago. Default 60000 ms. */
    START_LOOKBACK_MS: orDefault(whole("milliseconds", 0, 3_600_000), "60000"),
    /** First part of the name at the lock. Each run adds its own. Default: producer. */
    CONSUMER_ID: orDefault(TenantId, "producer"),
    EVENTS_HEARTBEAT_MS: orDefault(whole("milliseconds", 1_000, 300_000), "15000"),
    /** First wait before a new connection; it doubles up to 30 s. */
    RECONNECT_BACKOFF_MS: orDefault(whole("milliseconds", 1, 30_000), "1000"),
    EVENT_QUEUE_MAX: orDefault(whole("events", 1, 10_000), "16"),
    /** How often an event is tried before it becomes a dead letter. Default 5. */
    EVENT_ATTEMPTS: orDefault(whole("attempts", 1, 20), "5"),
    /** What a tool may take that names no time itself, in seconds. Default 120. */
    TOOL_TIMEOUT_SECONDS: orDefault(whole("seconds", 1, 600), "120"),
    LOCK_LEASE_MS: Text,
    X_LOCK_LEASE_MS: Text,
    /** Ends a run that has nothing to do for so long; 0 never does. */
    IDLE_SHUTDOWN_MS: orDefault(whole("milliseconds", 0, 3_600_000), "300000"),
    /** What is in flight gets so long to end after SIGTERM. */
    SHUTDOWN_TIMEOUT_MS: orDefault(whole("milliseconds", 0, 4_500), "4000"),

    WORK_ROOT: orDefault(NotEmpty, "/mnt/work"),
    WORK_PREFIX_TEMPLATE: orDefault(NotEmpty, "{projectId}/{workspaceId}"),
    /** Read by nobody: a volume of Cloud Run needs no switch. */
    ENABLE_GCS_FUSE: Text,

    /** Bucket that the consumer's tokens are for. Default: none, and no tokens. */
    GCS_BUCKET: v.optional(Bucket, ""),
    GCS_PREFIX_TEMPLATE: orDefault(NotEmpty, "{userId}/{projectId}/{sessionId}/"),
    /** A token to send as it is, in place of one of our own making. */
    GCS_TOKEN: Secret,
    X_GCS_TOKEN: Secret,
    GCS_ENABLE_UPLOAD: orDefault(Switch, "1"),
    GCS_ENABLE_LIST: orDefault(Switch, "1"),
    GCS_CAB_PERMISSION_MODE: orDefault(
      v.picklist(["explicit", "role"], 'must be "explicit" or "role"'),
      "explicit",
    ),
    ALLOW_BUCKET_WIDE_CAB: orDefault(Switch, "0"),
    GCS_DEBUG: orDefault(Switch, "0"),
  }),
  v.rawTransform(({ dataset, addIssue }) => {
    const { LOCK_LEASE_MS, X_LOCK_LEASE_MS, ...rest } = dataset.value;
    const lease = v.safeParse(
      orDefault(whole("milliseconds", 30_000, 3_600_000), "600000"),
      LOCK_LEASE_MS || X_LOCK_LEASE_MS,
    );
    if (!lease.success) addIssue({ message: `LOCK_LEASE_MS: ${lease.issues[0].message}` });
    return {
      ...rest,
      LOCK_LEASE_MS: lease.success ? lease.output : 0,
      WORKFLOWS_AUDIENCE: rest.WORKFLOWS_AUDIENCE || rest.WORKFLOWS_BASE_URL,
      CONSUMER_AUDIENCE: rest.CONSUMER_AUDIENCE || rest.CONSUMER_BASE_URL,
      GCS_TOKEN: rest.GCS_TOKEN || rest.X_GCS_TOKEN,
    };
  }),
);
/** What a deployment must supply: names and kinds before parsing. */
export type ProducerVariables = v.InferInput<typeof ProducerEnv>;
export type ProducerEnv = v.InferOutput<typeof ProducerEnv>;
