import { createHash } from "node:crypto";
import * as v from "valibot";
import { HttpError } from "../runtime/errors.ts";
import { DeadlineSeconds } from "./env.ts";
import type { Added, Ports, Refusal, Worker } from "./ports.ts";

// https://cloud.google.com/tasks/docs/quotas: a task may be scheduled at most 30 days ahead
const MAX_SCHEDULE_SECONDS = 30 * 24 * 60 * 60;

const ScheduleSeconds = v.pipe(
  v.number("must be a number of seconds"),
  v.integer("must be a whole number of seconds"),
  v.minValue(0, "must not be negative"),
  v.maxValue(MAX_SCHEDULE_SECONDS, `must be at most ${MAX_SCHEDULE_SECONDS} seconds (30 days)`),
);

/** The body of `POST /enqueue` (enqueuer document, API). Null counts as absent. */
export const EnqueueRequest = v.pipe(
  v.strictObject({
    /** Name of a worker. */
    service: v.string("must be a string"),
    /** Sent to the worker as it was written, byte for byte. */
    payload: v.custom<object>(
      (value) => typeof value === "object" && value !== null && !Array.isArray(value),
      "must be a JSON object",
    ),
    /** Delay in seconds, 0 to 30 days. Default 0. */
    schedule_in_s: v.nullish(ScheduleSeconds),
    /** The same under its other name. */
    delay_s: v.nullish(ScheduleSeconds),
    /**
     * Dispatch deadline in seconds, 15 to 1800. Default: the worker's own. A worker of this stack is still cut off at its
     * `timeoutSeconds`, whatever this says: for longer work raise that in the stack's config.
     */
    deadline_s: v.nullish(DeadlineSeconds),
    /** 1 to 500 printable ASCII characters. Default: a new UUID. */
    idempotency_key: v.nullish(
      v.pipe(
        v.string("must be a string"),
        v.regex(/^[\x20-\x7e]{1,500}$/, "must be 1 to 500 printable ASCII characters"),
        // It travels as a header, whose value loses them: two keys would become one at the worker.
        v.check((key) => key.trim() === key, "must not begin or end with a space"),
      ),
    ),
  }),
  v.forward(
    v.partialCheck(
      [["schedule_in_s"], ["delay_s"]],
      ({ schedule_in_s: one, delay_s: other }) => (one ?? other ?? 0) === (other ?? one ?? 0),
      "is another name of schedule_in_s, and the two differ",
    ),
    ["delay_s"],
  ),
);
export type EnqueueRequest = v.InferOutput<typeof EnqueueRequest>;

/** The answer to `POST /enqueue` beside `ok` (enqueuer document, API). */
interface Enqueued {
  /** Full resource name of the task. */
  readonly task: string;
  readonly service: string;
  /** Short id of the queue. */
  readonly queue: string;
  readonly deadline_s: number;
  readonly idempotency_key: string;
}

/**
 * Adds one task to the queue of a worker; throws an HttpError for every expected failure. `payload` is the text of the
 * request's member of that name.
 */
export async function enqueue(
  request: EnqueueRequest,
  payload: string,
  ports: Ports,
): Promise<Enqueued> {
  const worker = workerOf(request.service, ports.workers);
  const key = request.idempotency_key ?? ports.newKey();
  const delay = request.schedule_in_s ?? request.delay_s ?? 0;
  const deadline = request.deadline_s ?? worker.deadlineSeconds;
  const added = await ports.tasks.add({
    worker,
    id: taskId(worker.name, key),
    body: payload,
    idempotencyKey: key,
    deadlineSeconds: deadline,
    ...(delay > 0 && { dueAt: new Date(ports.now().getTime() + delay * 1000) }),
  });
  return {
    task: nameOf(added, key),
    service: worker.name,
    queue: worker.queue,
    deadline_s: deadline,
    idempotency_key: key,
  };
}

/**
 * The task id of a key: legal for any key ([A-Za-z0-9_-]{1,500}), the same every time, and without a common prefix, which
 * would cost latency (https://cloud.google.com/tasks/docs/reference/rpc/google.cloud.tasks.v2#createtaskrequest).
 */
export function taskId(service: string, key: string): string {
  return createHash("sha256").update(`${service}\0${key}`).digest("hex");
}

function workerOf(service: string, workers: ReadonlyMap<string, Worker>): Worker {
  const worker = workers.get(service);
  if (worker !== undefined) return worker;
  const known = [...workers.keys()].join(", ");
  const message = `\`service\` is not known; the services are ${known}.`;
  throw new HttpError(422, "unknown_service", message, { field: "service" });
}

function nameOf(added: Added, key: string): string {
  switch (added.kind) {
    case "added":
      return added.name;
    case "exists":
      // No attempt of ours comes before the one that met it, so it is somebody's earlier request.
      throw new HttpError(
        409,
        "duplicate",
        "A task with this idempotency_key exists, or existed recently.",
        { beside: { task: added.name, idempotency_key: key } },
      );
    case "refused":
      throw refused(added.why, added.message);
  }
}

/** A refusal of Google's as the answer to our caller. `message` is Google's own sentence. */
function refused(why: Refusal, message: string): HttpError {
  switch (why) {
    case "denied":
      return new HttpError(403, "permission_denied", message);
    case "exhausted":
      return new HttpError(429, "quota_exhausted", message, { retryAfterSeconds: 10 });
    case "unavailable":
      return new HttpError(
        503,
        "tasks_unavailable",
        "Cloud Tasks did not answer. The task may have been stored: send the same idempotency_key again, and a 409 then says that it was.",
        { retryAfterSeconds: 5 },
      );
    case "missing":
      // Google's own advice is to wait a minute: a queue that was just created is not found either.
      return new HttpError(503, "queue_not_found", message, { retryAfterSeconds: 60 });
    case "too-large":
      return new HttpError(413, "task_too_large", message, { field: "payload" });
    case "invalid":
      // The request was judged before; what Google refuses now is our configuration.
      return new HttpError(500, "task_rejected", message);
  }
}
