/** Resource names of Cloud Tasks and the refusals of malformed and foreign ones. Source: queue.proto, task.proto. */
import { ApiError } from "../../errors.ts";

const PROJECT = "[A-Za-z0-9:.-]+";
const LOCATION = new RegExp(`^projects/${PROJECT}/locations/[A-Za-z0-9-]+$`);
const QUEUE = new RegExp(
  `^projects/${PROJECT}/locations/[A-Za-z0-9-]+/queues/[A-Za-z0-9-]{1,100}$`,
);
/** Any last segment: an illegal id in a well-formed name has an answer of its own. */
const TASK = /^(.+)\/tasks\/([^/]*)$/;
const TASK_ID = /^[A-Za-z0-9_-]{1,500}$/;

const REFERENCE = "https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues";

/** A task's name taken apart. */
export interface TaskName {
  readonly queue: string;
  readonly id: string;
}

/** The location a queue name belongs to. */
export function locationOf(queue: string): string {
  return queue.slice(0, queue.lastIndexOf("/queues/"));
}

/** The last segment of a name, as it travels in headers and stands in logs. */
export function shortId(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

/** Throws INVALID_ARGUMENT for anything but `projects/P/locations/L`. */
export function checkLocation(name: string | null | undefined): string {
  if (typeof name === "string" && LOCATION.test(name)) return name;
  throw new ApiError("INVALID_ARGUMENT", "Invalid resource field value in the request.");
}

/** Throws INVALID_ARGUMENT for anything but `projects/P/locations/L/queues/Q`. */
export function checkQueueName(name: string | null | undefined): string {
  if (typeof name === "string" && QUEUE.test(name)) return name;
  throw new ApiError(
    "INVALID_ARGUMENT",
    'Queue name must be formatted: "projects/<PROJECT_ID>/locations/<LOCATION_ID>/queues/<QUEUE_ID>".',
    [help("Definition of queue name", `${REFERENCE}#Queue.FIELDS.name`)],
  );
}

/** Throws INVALID_ARGUMENT for a name of another shape and, with a message of its own, for an illegal task id. */
export function checkTaskName(name: string | null | undefined): TaskName {
  const [, queue = "", id = ""] = TASK.exec(name ?? "") ?? [];
  if (!QUEUE.test(queue)) {
    throw new ApiError(
      "INVALID_ARGUMENT",
      'Task name must be formatted: "projects/<PROJECT_ID>/locations/<LOCATION_ID>/queues/<QUEUE_ID>/tasks/<TASK_ID>"',
    );
  }
  if (TASK_ID.test(id)) return { queue, id };
  throw new ApiError(
    "INVALID_ARGUMENT",
    `Task ID "${id}" can contain only letters ([A-Za-z]), numbers ([0-9]), hyphens (-), or underscores (_). Task ID must between 1 and 500 characters.`,
    [help("Definition of task ID", `${REFERENCE}.tasks#Task.FIELDS.name`)],
  );
}

/**
 * Throws PERMISSION_DENIED for a resource of another project, as the service does before it looks at anything else;
 * a name without a project counts as the project's name. Recorded for CreateQueue; taken to hold for every method.
 */
export function checkProject(name: string | null | undefined, projectId: string): void {
  const segments = (name ?? "").split("/");
  const project = (segments[0] === "projects" ? segments[1] : segments[0]) ?? "";
  if (project === projectId || project === "") return;
  const message = `Permission denied on resource project ${project}.`;
  throw new ApiError("PERMISSION_DENIED", message, [
    {
      "@type": "type.googleapis.com/google.rpc.ErrorInfo",
      reason: "CONSUMER_INVALID",
      domain: "googleapis.com",
      metadata: {
        consumer: `projects/${project}`,
        containerInfo: project,
        service: "cloudtasks.googleapis.com",
      },
    },
    { "@type": "type.googleapis.com/google.rpc.LocalizedMessage", locale: "en-US", message },
    help("Google developers console", "https://console.developers.google.com"),
  ]);
}

function help(description: string, url: string) {
  return { "@type": "type.googleapis.com/google.rpc.Help", links: [{ description, url }] };
}
