import * as v from "valibot";
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

/** Environment of the consumer; all values are strings. Names and defaults are the document's (producer contract, 7). */
export const ConsumerEnv = v.pipe(
  v.object({
    /** Project that the role runs in. Default: none, and log lines are linked to no trace. */
    GOOGLE_CLOUD_PROJECT: Text,
    /** Own origin, the audience of callers' tokens. Without CALLER_SA nobody's token is looked at. */
    AUDIENCE: v.optional(v.union([v.literal(""), Origin]), ""),
    /** Service account that may call: the producer's. Default: whoever gets through. */
    CALLER_SA: v.optional(v.union([v.literal(""), Account]), ""),
    /** "true" where only holders of run.invoker get through to this service. */
    PRIVATE: v.optional(Flag, "false"),
    /** Secret that callers must send. Default: none is asked for. */
    SERVICE_AUTH_TOKEN: Text,

    /** Folder of all work folders, as the producer's document names it; it wins over WORK_ROOT_BASE. */
    WORK_ROOT: Text,
    WORK_ROOT_BASE: orDefault(NotEmpty, "/workspace"),
    /** Default: `user/project/workspace/session`, as the contract's consumer has it. */
    WORK_PREFIX_TEMPLATE: Text,
    EVENTS_HEARTBEAT_MS: orDefault(whole("milliseconds", 10, 300_000), "15000"),
    READ_FILE_MAX_BYTES: orDefault(whole("bytes", 1, 8_388_608), "524288"),
    OUTPUT_MAX_BYTES: orDefault(whole("bytes", 100, 8_388_608), "262144"),
    /** "1" lets events run commands, each cut off from the network and from this process. Default 0. */
    RUN_COMMAND_ENABLED: orDefault(Switch, "0"),
    RUN_COMMAND_TIMEOUT_SECONDS: orDefault(whole("seconds", 1, 600), "60"),

    /** Bucket that work folders are kept in step with. Default: none, and nothing is synchronised. */
    GCS_BUCKET: Text,
    /** It must be the producer's: the token that comes with a request sees no other prefix. */
    GCS_PREFIX_TEMPLATE: orDefault(NotEmpty, "{userId}/{projectId}/{sessionId}/"),
    GCS_API_BASE: orDefault(BaseUrl, "https://www.googleapis.com"),
    GCS_DOWNLOAD_CONCURRENCY: orDefault(whole("downloads", 1, 64), "8"),
    GCS_UPLOAD_CONCURRENCY: orDefault(whole("uploads", 1, 64), "4"),
    GCS_ENABLE_UPLOAD: orDefault(Switch, "1"),
    SYNC_ON_START: orDefault(Switch, "1"),
    /** 0 never does; otherwise at least 1000. */
    SYNC_INTERVAL_MS: orDefault(
      v.pipe(
        whole("milliseconds", 0, 3_600_000),
        v.check((ms) => ms === 0 || ms >= 1_000, "must be 0 or at least 1000"),
      ),
      "15000",
    ),
    /** Project that pays for requests to a bucket whose requester pays. Default: none. */
    GCS_BILLING_PROJECT: Text,
    BILLING_PROJECT: Text,
    SHUTDOWN_SYNC_TIMEOUT_MS: orDefault(whole("milliseconds", 0, 8_000), "4000"),
    GCS_DEBUG: orDefault(Switch, "0"),
    /** The same under its other name. */
    GCS_TRACE: orDefault(Switch, "0"),
    /** "0" leaves out the line that each tool writes to the log. Default 1. */
    CONSUMER_TRACE: orDefault(Switch, "1"),
  }),
  v.check(
    ({ AUDIENCE, CALLER_SA }) => (AUDIENCE === "") === (CALLER_SA === ""),
    "AUDIENCE and CALLER_SA are set together",
  ),
  v.transform((env) => ({
    ...env,
    WORK_ROOT: env.WORK_ROOT || env.WORK_ROOT_BASE,
    GCS_BILLING_PROJECT: env.GCS_BILLING_PROJECT || env.BILLING_PROJECT,
    GCS_DEBUG: env.GCS_DEBUG || env.GCS_TRACE,
  })),
);
/** What a deployment must supply: names and kinds before parsing. */
export type ConsumerVariables = v.InferInput<typeof ConsumerEnv>;
export type ConsumerEnv = v.InferOutput<typeof ConsumerEnv>;
