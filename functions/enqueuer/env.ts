import * as v from "valibot";
import { Account, HttpUrl, NotEmpty } from "../runtime/variables.ts";

/**
 * The stored form of a task may not be larger than this: 1 MiB - 7 (measured on the real service by
 * aertje/cloud-tasks-emulator, internal/engine/tasksize.go).
 */
export const MAX_STORED_TASK_BYTES = 1_048_569;

// https://cloud.google.com/tasks/docs/reference/rpc/google.cloud.tasks.v2#task: 15 seconds to 30 minutes for HTTP targets
const MIN_DEADLINE_SECONDS = 15;
const MAX_DEADLINE_SECONDS = 1_800;

export const DeadlineSeconds = v.pipe(
  v.number("must be a number of seconds"),
  v.integer("must be a whole number of seconds"),
  v.minValue(MIN_DEADLINE_SECONDS, `must be at least ${MIN_DEADLINE_SECONDS} seconds`),
  v.maxValue(MAX_DEADLINE_SECONDS, `must be at most ${MAX_DEADLINE_SECONDS} seconds (30 minutes)`),
);

/** A worker as the variable WORKERS lists it. */
const ConfiguredWorker = v.object({
  /** What clients send as `service`. */
  name: NotEmpty,
  /** Short id of its queue. */
  queue: v.pipe(v.string(), v.regex(/^[A-Za-z0-9-]{1,100}$/, "must be the short id of a queue")),
  /** Where its tasks go. The audience of its tokens is the origin of this. */
  url: HttpUrl,
  /** Dispatch deadline in seconds. */
  deadline_s: DeadlineSeconds,
});

/** Environment of the enqueuer; all values are strings. */
export const EnqueuerEnv = v.object({
  PROJECT_ID: NotEmpty,
  /** Location of the queues. */
  TASKS_REGION: NotEmpty,
  /** Service account whose ID token the tasks carry. */
  CALLER_SA: Account,
  /** JSON: a list of `{name, queue, url, deadline_s}`. */
  WORKERS: v.pipe(
    v.string(),
    v.parseJson({}, "must be JSON"),
    v.array(ConfiguredWorker, "must be a JSON array"),
    v.nonEmpty("must list at least one worker"),
    v.check(
      (workers) => new Set(workers.map(({ name }) => name)).size === workers.length,
      "must not list a name twice",
    ),
  ),
  /** Largest request body in bytes. Default 102400 (100 KB). */
  MAX_BODY_BYTES: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[1-9]\d*$/, "must be a whole number of bytes"),
      v.transform(Number),
      v.maxValue(MAX_STORED_TASK_BYTES, `must be at most ${MAX_STORED_TASK_BYTES} bytes`),
    ),
    "102400",
  ),
});
/** What a deployment must supply: names and kinds before parsing. */
export type EnqueuerVariables = v.InferInput<typeof EnqueuerEnv>;
export type EnqueuerEnv = v.InferOutput<typeof EnqueuerEnv>;
