import * as v from "valibot";
import { TenantId } from "../messages/tenant.ts";
import {
  Account,
  BaseUrl,
  NotEmpty,
  Origin,
  Text,
  orDefault,
  whole,
} from "../runtime/variables.ts";

const OptionalId = v.optional(v.union([v.literal(""), TenantId]), "");

/** Environment of producer-control; all values are strings. */
export const ProducerControlEnv = v.pipe(
  v.object({
    /** Project that the role runs in. PROJECT_ID is taken: an older name of X_PROJECT_ID. */
    GOOGLE_CLOUD_PROJECT: NotEmpty,
    /** Origin of the bridge, which the tasks call. */
    PRODUCER_URL: Origin,
    /** Service account whose token the tasks carry. */
    CALLER_SA: Account,
    /** Location of the queue. */
    TASKS_REGION: NotEmpty,
    /** Short id of the queue. */
    QUEUE: NotEmpty,
    /** Bucket of status, orders and dead letters. */
    STATE_BUCKET: NotEmpty,
    /** Dispatch deadline of a run's task in seconds. Default 1800, the longest that Cloud Tasks knows. */
    TASK_DEADLINE_SECONDS: orDefault(whole("seconds", 15, 1_800), "1800"),
    /** Base URL of the workflows service, with its mount: it is asked who holds the lock. */
    WORKFLOWS_BASE_URL: BaseUrl,
    /** Audience of the ID tokens for it. Default: WORKFLOWS_BASE_URL. */
    WORKFLOWS_AUDIENCE: Text,
    /** Whose events are meant where a request names nobody. */
    X_USER_ID: OptionalId,
    USER_ID: OptionalId,
    X_PROJECT_ID: OptionalId,
    PROJECT_ID: OptionalId,
    X_WORKSPACE_ID: OptionalId,
    WORKSPACE_ID: OptionalId,
    X_SESSION_ID: OptionalId,
    SESSION_ID: OptionalId,
  }),
  v.transform((env) => ({
    ...env,
    WORKFLOWS_AUDIENCE: env.WORKFLOWS_AUDIENCE || env.WORKFLOWS_BASE_URL,
    X_USER_ID: env.X_USER_ID || env.USER_ID,
    X_PROJECT_ID: env.X_PROJECT_ID || env.PROJECT_ID,
    X_WORKSPACE_ID: env.X_WORKSPACE_ID || env.WORKSPACE_ID,
    X_SESSION_ID: env.X_SESSION_ID || env.SESSION_ID,
  })),
);
/** What a deployment must supply: names and kinds before parsing. */
export type ProducerControlVariables = v.InferInput<typeof ProducerControlEnv>;
export type ProducerControlEnv = v.InferOutput<typeof ProducerControlEnv>;
