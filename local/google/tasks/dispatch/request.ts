/** The HTTP request of one attempt, as Cloud Tasks sends it. Sources: recorded requests; target.proto, HttpRequest. */
import type { Headers } from "../../../http/message.ts";
import type { Queue, Task } from "../state.ts";
import { USER_AGENT } from "../task-settings.ts";
import { protoTime } from "../time.ts";

/**
 * Headers of a task that never travel: those that Cloud Tasks computes or keeps for itself (target.proto has "a partial
 * list"), and those that describe one connection and not the message (RFC 9110, 7.6.1).
 */
const REPLACED = new Set([
  ...["host", "content-length", "user-agent"],
  ...["connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"],
]);
const RESERVED = /^x-(google|appengine|cloudtasks)-/;

/** What an attempt knows of those before it. */
export interface History {
  /** Attempts before this one. */
  readonly retryCount: number;
  /** Earlier answers other than 5xx. */
  readonly executionCount: number;
  /** HTTP status of the attempt before, 504 where none came; undefined for the first. */
  readonly previousResponse: number | undefined;
  /** When the attempt was due, in milliseconds since the epoch. */
  readonly scheduledAt: number;
}

/** The task's own headers in their own spelling, then the system's, which win; no Content-Type is added. */
export function dispatchHeaders(
  queue: Queue,
  task: Task,
  history: History,
  bearer?: string,
): Headers {
  const own = Object.entries(task.request.headers).filter(([name]) => {
    const lower = name.toLowerCase();
    if (lower === "authorization") return bearer === undefined;
    return !REPLACED.has(lower) && !RESERVED.test(lower);
  });
  const { previousResponse } = history;
  return [
    ...own,
    ["User-Agent", USER_AGENT],
    ["X-CloudTasks-QueueName", queue.id],
    ["X-CloudTasks-TaskName", task.id],
    ["X-CloudTasks-TaskRetryCount", String(history.retryCount)],
    ["X-CloudTasks-TaskExecutionCount", String(history.executionCount)],
    ["X-CloudTasks-TaskETA", epochSeconds(history.scheduledAt)],
    ...(previousResponse === undefined
      ? []
      : ([
          ["X-CloudTasks-TaskPreviousResponse", String(previousResponse)],
          // Present and empty on every recorded retry.
          ["X-CloudTasks-TaskRetryReason", ""],
        ] as const)),
    ...(bearer === undefined ? [] : ([["Authorization", `Bearer ${bearer}`]] as const)),
  ];
}

/** Undefined for a URL that was accepted with the task but cannot be sent to, such as one with a broken escape. */
export function targetOf(url: string): URL | undefined {
  return /%(?![0-9A-Fa-f]{2})/.test(url) || !URL.canParse(url) ? undefined : new URL(url);
}

function epochSeconds(millis: number): string {
  const { seconds, nanos } = protoTime(millis);
  return `${seconds}.${String(nanos / 1000).padStart(6, "0")}`;
}
