import * as v from "valibot";
import { Account, Flag, NotEmpty, Origin, whole } from "../runtime/variables.ts";

/** Environment of the sample worker; all values are strings. */
export const WorkerEnv = v.object({
  /** Name of this worker, repeated in its answers. */
  WORKER_NAME: NotEmpty,
  /** Path that takes the tasks, as in the URL of the enqueuer's list. */
  WORKER_PATH: v.pipe(
    v.string(),
    v.regex(/^\/[^?#\s]*$/, "must be a path"),
    v.check((path) => path !== "/health", "must not be /health, which is taken"),
  ),
  /** Own origin: the audience that a caller's token must have. */
  AUDIENCE: Origin,
  /** Service account that may call. */
  CALLER_SA: Account,
  /** Bucket that remembers which deliveries were worked on. */
  DELIVERIES_BUCKET: NotEmpty,
  /**
   * How long a delivery stays claimed without a sign of life. An attempt that meets a claim waits about that long, so that
   * the first after a kill works: well below the shortest dispatch deadline, which is 15 seconds. Default 8.
   */
  CLAIM_SECONDS: v.optional(whole("seconds", 1, 60), "8"),
  /** "true" where only holders of run.invoker get through to this service. */
  PRIVATE: Flag,
});
/** What a deployment must supply: names and kinds before parsing. */
export type WorkerVariables = v.InferInput<typeof WorkerEnv>;
export type WorkerEnv = v.InferOutput<typeof WorkerEnv>;
