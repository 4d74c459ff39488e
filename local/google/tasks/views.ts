/** Queues and tasks as the API returns them: snapshots in proto-plain form. Source: queue.proto, task.proto. */
import type { protos } from "@google-cloud/tasks";
import { settingsMessage } from "./queue-settings.ts";
import type { Attempt, Queue, Task } from "./state.ts";
import { protoTime } from "./time.ts";

type QueueMessage = protos.google.cloud.tasks.v2.IQueue;
type TaskMessage = protos.google.cloud.tasks.v2.ITask;
type AttemptMessage = protos.google.cloud.tasks.v2.IAttempt;

export type View = "BASIC" | "FULL";

export function queueView(queue: Queue): QueueMessage {
  return {
    name: queue.name,
    ...settingsMessage(queue.settings),
    state: queue.isPaused ? "PAUSED" : "RUNNING",
    ...(queue.purgedAt === undefined ? {} : { purgeTime: protoTime(queue.purgedAt) }),
  };
}

/** BASIC leaves out the body and nothing else. */
export function taskView(task: Task, view: View): TaskMessage {
  const { method, url, headers, body, oidcToken } = task.request;
  const { firstAttemptAt, lastAttempt } = task;
  return {
    name: task.name,
    httpRequest: {
      url,
      httpMethod: method,
      headers,
      ...(view === "FULL" && body.length > 0 ? { body } : {}),
      ...(oidcToken === undefined ? {} : { oidcToken }),
    },
    scheduleTime: protoTime(task.dueAt),
    createTime: protoTime(task.createdAt),
    dispatchDeadline: protoTime(task.dispatchDeadlineMs),
    dispatchCount: task.dispatchCount,
    responseCount: task.responseCount,
    ...(firstAttemptAt === undefined
      ? {}
      : { firstAttempt: { dispatchTime: protoTime(firstAttemptAt) } }),
    ...(lastAttempt === undefined ? {} : { lastAttempt: attemptView(lastAttempt) }),
    view,
  };
}

function attemptView(attempt: Attempt): AttemptMessage {
  const { respondedAt, status } = attempt;
  return {
    scheduleTime: protoTime(attempt.scheduledAt),
    dispatchTime: protoTime(attempt.dispatchedAt),
    ...(respondedAt === undefined ? {} : { responseTime: protoTime(respondedAt) }),
    ...(status === undefined ? {} : { responseStatus: status }),
  };
}
