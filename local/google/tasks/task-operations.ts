/** The methods of Cloud Tasks about tasks. Messages: recorded answers of the service, unless a comment says otherwise. */
import { randomUUID } from "node:crypto";
import type { protos } from "@google-cloud/tasks";
import { ApiError } from "../../errors.ts";
import type { Call } from "../api.ts";
import { pageOf } from "../pages.ts";
import { invalid } from "./fields.ts";
import { MAX_STORED_TASK_BYTES, MAX_TASKS_PER_PAGE } from "./limits.ts";
import { checkTaskName } from "./names.ts";
import { byKey } from "./pages.ts";
import { existing } from "./queue-operations.ts";
import type { Queue, Task, TasksState } from "./state.ts";
import { storedSize } from "./stored-size.ts";
import { taskSettingsOf } from "./task-settings.ts";
import { taskView } from "./views.ts";
import type { View } from "./views.ts";

type TaskMessage = protos.google.cloud.tasks.v2.ITask;
type TasksCall = Call<TasksState>;
type ViewField = protos.google.cloud.tasks.v2.IGetTaskRequest["responseView"];

export function listTasks(
  request: protos.google.cloud.tasks.v2.IListTasksRequest,
  call: TasksCall,
): protos.google.cloud.tasks.v2.IListTasksResponse {
  const queue = existing(call.state, request.parent);
  const view = viewOf(request.responseView, queue.name, call);
  const list = { of: queue.name, limit: MAX_TASKS_PER_PAGE, now: call.cloud.clock.now() };
  const { items, ...next } = pageOf(
    queue.tasks,
    byKey(({ order }) => order, list),
    request,
  );
  return { tasks: items.map((task) => taskView(task, view)), ...next };
}

export function getTask(
  request: protos.google.cloud.tasks.v2.IGetTaskRequest,
  call: TasksCall,
): TaskMessage {
  const { queue: queueName, id } = checkTaskName(request.name);
  const view = viewOf(request.responseView, queueName, call);
  const queue = call.state.queues.get(queueName);
  const task = queue?.find(id);
  if (task !== undefined) return taskView(task, view);
  if (queue?.isRecent(id, call.cloud.clock.now()) === true) {
    throw new ApiError(
      "NOT_FOUND",
      "The task no longer exists, though a task with this name existed recently. The task either successfully completed or was deleted.",
    );
  }
  throw notFound();
}

export function createTask(
  request: protos.google.cloud.tasks.v2.ICreateTaskRequest,
  call: TasksCall,
): TaskMessage {
  const { state, cloud } = call;
  const queue = existing(state, request.parent);
  const view = viewOf(request.responseView, queue.name, call);
  const message = request.task;
  if (message === null || message === undefined) throw invalid("Task is required.");
  const id = idOf(message, queue);
  const now = cloud.clock.now();
  const settings = taskSettingsOf(message, now);
  checkTokenAccount(settings.request.oidcToken?.serviceAccountEmail, call);
  if (queue.find(id) !== undefined || queue.isRecent(id, now)) {
    throw new ApiError("ALREADY_EXISTS", "Requested entity already exists");
  }
  const task: Task = {
    ...settings,
    id,
    name: `${queue.name}/tasks/${id}`,
    createdAt: Math.floor(now / 1000) * 1000,
    order: state.nextOrder(),
    slot: -1,
    dispatchCount: 0,
    responseCount: 0,
    executionCount: 0,
    firstAttemptAt: undefined,
    lastAttempt: undefined,
    previousResponse: undefined,
  };
  // The service's words: googleapis/repo-automation-bots#893.
  if (storedSize(task) > MAX_STORED_TASK_BYTES) throw invalid("Task size too large");
  queue.add(task);
  state.dispatcher.wake(queue);
  return taskView(task, view);
}

export function deleteTask(
  request: protos.google.cloud.tasks.v2.IDeleteTaskRequest,
  { state, cloud }: TasksCall,
): object {
  const { queue, task } = existingTask(state, request.name);
  queue.remove(task, cloud.clock.now());
  state.dispatcher.wake(queue);
  return {};
}

/** Answers with the task as dispatched, before its target has it. */
export function runTask(
  request: protos.google.cloud.tasks.v2.IRunTaskRequest,
  call: TasksCall,
): TaskMessage {
  const view = viewOf(request.responseView, checkTaskName(request.name).queue, call);
  const { queue, task } = existingTask(call.state, request.name);
  call.state.dispatcher.run(queue, task);
  return taskView(task, view);
}

function existingTask(
  state: TasksState,
  name: string | null | undefined,
): { queue: Queue; task: Task } {
  const { queue: queueName, id } = checkTaskName(name);
  const queue = state.queues.get(queueName);
  const task = queue?.find(id);
  if (queue === undefined || task === undefined) throw notFound();
  return { queue, task };
}

/** The id from the task's name, or one made up: random digits, from the part of a UUID that is random but for two bits. */
function idOf({ name }: TaskMessage, queue: Queue): string {
  if (name === null || name === undefined || name === "") {
    return BigInt(`0x${randomUUID().replaceAll("-", "").slice(16)}`).toString();
  }
  const parts = checkTaskName(name);
  if (parts.queue === queue.name) return parts.id;
  throw invalid(
    `The queue name from request ('${queue.name}') must be the same as the queue name in the named task ('${parts.queue}').`,
  );
}

/**
 * The account of an OIDC token must exist and the caller must be allowed to act as it (target.proto, OidcToken). That
 * a missing account is NOT_FOUND was seen on the service by aertje/cloud-tasks-emulator; its wording is not recorded.
 */
function checkTokenAccount(email: string | undefined, { caller, cloud }: TasksCall): void {
  if (email === undefined) return;
  if (!cloud.hasServiceAccount(email)) {
    throw new ApiError("NOT_FOUND", `Service account ${email} does not exist.`);
  }
  cloud.authorize({
    ...caller,
    permission: "iam.serviceAccounts.actAs",
    resource: `projects/${cloud.projectId}/serviceAccounts/${email}`,
  });
}

/** BASIC where nothing is asked for. FULL needs a permission of its own (task.proto, View). */
function viewOf(wanted: ViewField, queue: string, { caller, cloud }: TasksCall): View {
  if (wanted !== "FULL") return "BASIC";
  cloud.authorize({ ...caller, permission: "cloudtasks.tasks.fullView", resource: queue });
  return "FULL";
}

function notFound(): ApiError {
  return new ApiError("NOT_FOUND", "Requested entity was not found.");
}
