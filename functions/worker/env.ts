import * as v from "valibot";

const NotEmpty = v.pipe(v.string(), v.nonEmpty("must not be empty"));

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
  AUDIENCE: v.pipe(
    v.string(),
    v.check((url) => URL.canParse(url) && new URL(url).origin === url, "must be an origin"),
  ),
  /** Service account that may call. */
  CALLER_SA: v.pipe(v.string(), v.email("must be the e-mail address of a service account")),
  /** "true" where only holders of run.invoker get through to this service. */
  PRIVATE: v.pipe(
    v.picklist(["true", "false"], 'must be "true" or "false"'),
    v.transform((text) => text === "true"),
  ),
});
/** What a deployment must supply: names and kinds before parsing. */
export type WorkerVariables = v.InferInput<typeof WorkerEnv>;
export type WorkerEnv = v.InferOutput<typeof WorkerEnv>;
