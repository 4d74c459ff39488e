/** A worker as a stack's config lists it. Pulumi.yaml describes the fields in prose. */
import * as v from "valibot";
import { FunctionName, numeric, RegionName } from "../../config/values.ts";

/** Cloud Tasks' limits for HTTP targets, and its default. Source: google/cloud/tasks/v2/task.proto, dispatch_deadline. */
const MIN_DEADLINE_SECONDS = 15;
const MAX_DEADLINE_SECONDS = 1800;
const DEFAULT_DEADLINE_SECONDS = 600;
/** Source: cloud.google.com/functions/docs/configuring/timeout, HTTP functions of the 2nd generation. */
const MAX_TIMEOUT_SECONDS = 3600;
/** Ceilings of one queue. Source: google/cloud/tasks/v2/queue.proto, RateLimits. */
const MAX_DISPATCHES_PER_SECOND = 500;
const MAX_CONCURRENT_DISPATCHES = 5000;

const seconds = (min: number, max: number) =>
  v.pipe(
    numeric("must be a number of seconds"),
    v.integer("must be a whole number of seconds"),
    v.minValue(min, `must be between ${min} and ${max} seconds`),
    v.maxValue(max, `must be between ${min} and ${max} seconds`),
  );

const Duration = v.pipe(
  numeric("must be a number of seconds"),
  v.minValue(0, "must not be negative"),
);

const Count = v.pipe(
  numeric("must be a number"),
  v.integer("must be a whole number"),
  v.minValue(0, "must not be negative"),
);

/** All fields are optional; what is not set is Google's default. Source: google/cloud/tasks/v2/queue.proto. */
const QueueSettings = {
  rateLimits: v.optional(
    v.strictObject({
      maxDispatchesPerSecond: v.optional(
        v.pipe(
          numeric("must be a number"),
          v.gtValue(0, `must be above 0 and at most ${MAX_DISPATCHES_PER_SECOND}`),
          v.maxValue(
            MAX_DISPATCHES_PER_SECOND,
            `must be above 0 and at most ${MAX_DISPATCHES_PER_SECOND}`,
          ),
        ),
      ),
      maxConcurrentDispatches: v.optional(
        v.pipe(
          Count,
          v.minValue(1, `must be between 1 and ${MAX_CONCURRENT_DISPATCHES}`),
          v.maxValue(
            MAX_CONCURRENT_DISPATCHES,
            `must be between 1 and ${MAX_CONCURRENT_DISPATCHES}`,
          ),
        ),
      ),
    }),
  ),
  retry: v.optional(
    v.strictObject({
      maxAttempts: v.optional(
        v.pipe(
          numeric("must be a number"),
          v.integer("must be a whole number"),
          v.minValue(-1, "must be at least 1, or -1 for no limit"),
          v.notValue(0, "must be at least 1, or -1 for no limit"),
        ),
      ),
      maxDoublings: v.optional(Count),
      minBackoffSeconds: v.optional(Duration),
      maxBackoffSeconds: v.optional(Duration),
      maxRetryDurationSeconds: v.optional(Duration),
    }),
  ),
  loggingSamplingRatio: v.optional(
    v.pipe(
      numeric("must be a number"),
      v.minValue(0, "must be between 0 and 1"),
      v.maxValue(1, "must be between 0 and 1"),
    ),
  ),
};

const Common = {
  name: FunctionName,
  queue: v.optional(
    v.pipe(
      v.string("must be text"),
      v.regex(/^[A-Za-z0-9-]{1,100}$/, "must be 1 to 100 letters, digits and hyphens"),
    ),
  ),
  deadlineSeconds: v.optional(
    seconds(MIN_DEADLINE_SECONDS, MAX_DEADLINE_SECONDS),
    DEFAULT_DEADLINE_SECONDS,
  ),
  audience: v.optional(v.string("must be text")),
  ...QueueSettings,
};

/** Health is answered beside the tasks, by the sample worker in an external one's place too, and Google keeps the rest to itself. Source: cloud.google.com/run/docs/issues. */
const TAKEN_PATH = /^\/health$|^\/eventlog$|^\/_ah\//;
/** Of a task's URL, encoded. Source: google/cloud/tasks/v2/target.proto, HttpRequest.url. */
const MAX_URL_LENGTH = 2083;

const OwnEntry = v.strictObject({
  ...Common,
  path: v.optional(
    v.pipe(
      v.string("must be text"),
      v.regex(/^\/[^\s?#]+$/, "must be a path: a / and at least one more character"),
      // Of the paths that end in z Google keeps some, and advises against all: those that exist elsewhere may well work.
      v.check(
        (path) => !TAKEN_PATH.test(path) && !path.endsWith("z"),
        "must not be /health, /eventlog, below /_ah/, or end in z: these are taken",
      ),
    ),
    "/work",
  ),
  timeoutSeconds: v.optional(seconds(1, MAX_TIMEOUT_SECONDS)),
});

/** The first rule that an external worker's URL breaks. */
function brokenUrlRule(text: string): string | undefined {
  if (!URL.canParse(text) || /\s/.test(text)) return "must be an https URL";
  const { protocol, username, password, href, pathname } = new URL(text);
  if (protocol !== "https:") return "must be an https URL";
  if (username !== "" || password !== "" || text.includes("#")) {
    return "must have no user, password or fragment, which are no part of a request";
  }
  if (href.length > MAX_URL_LENGTH)
    return `must have at most ${MAX_URL_LENGTH} characters, encoded`;
  return TAKEN_PATH.test(pathname)
    ? "must not have the path /health, /eventlog or one below /_ah/: these are taken"
    : undefined;
}

const ExternalEntry = v.strictObject({
  ...Common,
  url: v.pipe(
    v.string("must be text"),
    v.rawCheck(({ dataset, addIssue }) => {
      const message = dataset.typed ? brokenUrlRule(dataset.value) : undefined;
      if (message !== undefined) addIssue({ message });
    }),
  ),
  service: FunctionName,
  region: v.optional(RegionName),
});

/** One entry of the config's `workers`. A `url` makes it an external one. */
export const WorkerEntry = v.lazy((entry) =>
  typeof entry === "object" && entry !== null && "url" in entry ? ExternalEntry : OwnEntry,
);
export type WorkerEntry = v.InferOutput<typeof WorkerEntry>;
