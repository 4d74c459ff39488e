/** What a stack's config says about the enqueuer. Pulumi.yaml repeats defaults and descriptions, for Pulumi's own commands. */
import * as v from "valibot";
import type { ConfigOf } from "../../config/config.ts";
import type { Keys, ValuesOf } from "../../config/key.ts";
import type { ConfigPart, TakenName, Written } from "../../config/part.ts";
import type { Place } from "../../google/kind.ts";
import { Flag, FunctionName, list, member, numeric, set } from "../../config/values.ts";
import { brokenEnqueuerRules } from "./rules.ts";
import { WorkerEntry } from "./worker-entry.ts";
import { workerOf } from "./workers.ts";

/** The stored form of a task. Source: aertje/cloud-tasks-emulator, internal/engine/tasksize.go, measured on the real service. */
const MAX_STORED_TASK_BYTES = 1_048_569;
const bodyRule = `must be a whole number of bytes, 1 to ${MAX_STORED_TASK_BYTES}`;

/** Every key with all that is known of it. */
const KEYS = {
  enqueuerName: {
    schema: FunctionName,
    default: "enqueuer",
    description:
      "Name of the enqueuer's function and Cloud Run service. Another name lets it live beside an older service.",
    example: "enqueuer",
    isText: true,
  },
  enqueuerPublic: {
    schema: Flag,
    default: false,
    description: "Whether anybody may call the enqueuer without credentials. For a migration only.",
    example: false,
  },
  enqueuerCallers: {
    schema: set(member("; opening the enqueuer to everybody is enqueuerPublic")),
    default: [],
    description: "Members who may call the enqueuer.",
    example: "user:you@example.com",
    part: "[0]",
  },
  enqueuerTokenCreator: {
    schema: Flag,
    default: false,
    description:
      "Whether Cloud Tasks' own agent is granted roles/iam.serviceAccountTokenCreator on tasks-dispatcher besides what Google grants it. Needed only where that agent has lost roles/cloudtasks.serviceAgent.",
    example: false,
  },
  enqueuerMaxBodyBytes: {
    schema: v.pipe(
      numeric(bodyRule),
      v.integer(bodyRule),
      v.minValue(1, bodyRule),
      v.maxValue(MAX_STORED_TASK_BYTES, bodyRule),
    ),
    default: 102400,
    description:
      "Largest body that the enqueuer takes, in bytes, 1 to 1048569, which is what Cloud Tasks stores of a task.",
    example: 102400,
  },
  workers: {
    schema: list(WorkerEntry),
    default: [],
    description:
      "The workers behind the enqueuer. Each has a name and, all optional, a queue (queue-NAME), deadlineSeconds (600), rateLimits {maxDispatchesPerSecond, maxConcurrentDispatches}, retry {maxAttempts, maxDoublings, minBackoffSeconds, maxBackoffSeconds, maxRetryDurationSeconds}, loggingSamplingRatio (0 to 1) and audience (the URL's origin). One of ours has a path (/work) and timeoutSeconds (its deadline); an external one has a url, a Cloud Run service and its region instead. Beyond timeoutSeconds work is cut off, also where a request to the enqueuer asks for a longer deadline_s: raise it for those.",
    example: "brain",
    part: "[0].name",
    fields: {
      name: { example: "brain" },
      queue: { example: "queue-brain" },
      deadlineSeconds: { example: 600 },
      timeoutSeconds: { example: 600 },
      path: { example: "/process" },
      url: { example: "https://brain-123456789012.us-central1.run.app/process" },
      service: { example: "brain" },
      region: { example: "us-central1" },
      audience: { example: "https://brain-123456789012.us-central1.run.app" },
      rateLimits: { example: 5, part: ".maxDispatchesPerSecond" },
      maxDispatchesPerSecond: { example: 5 },
      maxConcurrentDispatches: { example: 50 },
      retry: { example: 100, part: ".maxAttempts" },
      maxAttempts: { example: 100 },
      maxDoublings: { example: 16 },
      minBackoffSeconds: { example: 1 },
      maxBackoffSeconds: { example: 3600 },
      maxRetryDurationSeconds: { example: 0 },
      loggingSamplingRatio: { example: 1 },
    },
  },
} satisfies Keys;

/** What is computed from the values: each worker with all that its entry leaves out. */
function derived(values: Place & Pick<ValuesOf<typeof KEYS>, "workers">) {
  return { workers: values.workers.map((entry) => workerOf(entry, values)) };
}

/** The enqueuer, and the workers of ours; an external one only bears its name in requests. */
function functions({ enqueuerName, workers }: Written): readonly TakenName[] {
  const named = Array.isArray(workers) ? (workers as unknown[]) : [];
  return [
    { path: "enqueuerName", name: enqueuerName },
    ...named.flatMap((worker, index) =>
      typeof worker === "object" && worker !== null && "name" in worker && !("url" in worker)
        ? [{ path: `workers[${index}].name`, name: worker.name }]
        : [],
    ),
  ];
}

export const CONFIG = {
  keys: KEYS,
  check: brokenEnqueuerRules,
  derive: derived,
  functions,
} satisfies ConfigPart;

export type EnqueuerConfig = ConfigOf<typeof CONFIG>;
