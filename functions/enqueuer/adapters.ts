import { lazy } from "../runtime/lazy.ts";
import {
  ALREADY_EXISTS,
  CREATE_TIMEOUT_MS,
  newTasksClient,
  type TasksClient,
} from "../runtime/google/task-queue.ts";
import type { EnqueuerEnv } from "./env.ts";
import type { Added, NewTask, Refusal, Tasks, Worker } from "./ports.ts";

// https://grpc.io/docs/guides/status-codes/
const CANCELLED = 1;
const UNKNOWN = 2;
const INVALID_ARGUMENT = 3;
const DEADLINE_EXCEEDED = 4;
const NOT_FOUND = 5;
const PERMISSION_DENIED = 7;
const RESOURCE_EXHAUSTED = 8;
const FAILED_PRECONDITION = 9;
const ABORTED = 10;
const INTERNAL = 13;
const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;

const REFUSALS: ReadonlyMap<number, Refusal> = new Map([
  [CANCELLED, "unavailable"],
  [UNKNOWN, "unavailable"],
  [INVALID_ARGUMENT, "invalid"],
  [DEADLINE_EXCEEDED, "unavailable"],
  [NOT_FOUND, "missing"],
  [PERMISSION_DENIED, "denied"],
  [RESOURCE_EXHAUSTED, "exhausted"],
  [FAILED_PRECONDITION, "invalid"],
  [ABORTED, "unavailable"],
  [INTERNAL, "unavailable"],
  [UNAVAILABLE, "unavailable"],
  // Our token could not be had or has just expired; nothing is wrong with the request, and the next token may do.
  [UNAUTHENTICATED, "unavailable"],
] as const);

/** The workers of the environment, by name. */
export function workersOf(env: Pick<EnqueuerEnv, "WORKERS">): ReadonlyMap<string, Worker> {
  return new Map(
    env.WORKERS.map(({ name, queue, url, deadline_s }) => [
      name,
      { name, queue, url, audience: new URL(url).origin, deadlineSeconds: deadline_s },
    ]),
  );
}

/** Cloud Tasks as the place where tasks are added. */
export function cloudTasks(
  env: Pick<EnqueuerEnv, "PROJECT_ID" | "TASKS_REGION" | "CALLER_SA">,
  makeClient: () => Promise<TasksClient> = newTasksClient,
): Tasks {
  const client = lazy(makeClient);
  const location = `projects/${env.PROJECT_ID}/locations/${env.TASKS_REGION}`;
  return {
    add: async (task) => {
      const parent = `${location}/queues/${task.worker.queue}`;
      const name = `${parent}/tasks/${task.id}`;
      const tasks = await client();
      try {
        // The client's default for this method is not to retry, and that stays: after a retry of our own, ALREADY_EXISTS
        // could mean our first attempt, and could no longer be told from a duplicate. Whoever asked may retry safely.
        const [created] = await tasks.createTask(
          { parent, task: { name, ...wireForm(task, env.CALLER_SA) } },
          { timeout: CREATE_TIMEOUT_MS },
        );
        return { kind: "added", name: created.name ?? name };
      } catch (error) {
        return refusalOf(error, name);
      }
    },
  };
}

function wireForm(task: NewTask, caller: string) {
  return {
    httpRequest: {
      url: task.worker.url,
      httpMethod: "POST" as const,
      headers: { "Content-Type": "application/json", "X-Idempotency-Key": task.idempotencyKey },
      body: Buffer.from(task.body),
      oidcToken: { serviceAccountEmail: caller, audience: task.worker.audience },
    },
    dispatchDeadline: { seconds: task.deadlineSeconds },
    ...(task.dueAt !== undefined && { scheduleTime: timestampOf(task.dueAt) }),
  };
}

function timestampOf(date: Date): { seconds: number; nanos: number } {
  const milliseconds = date.getTime();
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds, nanos: (milliseconds - seconds * 1000) * 1_000_000 };
}

/** What a gRPC error of CreateTask means; an error without a known status is a bug and is thrown again. */
export function refusalOf(error: unknown, name: string): Added {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "number")
    throw error;
  if (error.code === ALREADY_EXISTS) return { kind: "exists", name };
  const why = REFUSALS.get(error.code);
  if (why === undefined) throw error;
  const message =
    "details" in error && typeof error.details === "string" ? error.details : error.message;
  // The real service's words for a task over its limit, as quoted by users of its clients.
  const isTooLarge = why === "invalid" && /task size too large/i.test(message);
  return { kind: "refused", why: isTooLarge ? "too-large" : why, message };
}
