/** The methods of Cloud Tasks about queues. Messages: recorded answers of the service. */
import type { protos } from "@google-cloud/tasks";
import { ApiError } from "../../errors.ts";
import type { Call } from "../api.ts";
import { pageOf } from "../pages.ts";
import { invalid, refuseUnsupported } from "./fields.ts";
import { MAX_QUEUES_PER_PAGE } from "./limits.ts";
import { checkLocation, checkQueueName, locationOf } from "./names.ts";
import { byKey } from "./pages.ts";
import { masked, settingsOf } from "./queue-settings.ts";
import type { Queue, TasksState } from "./state.ts";
import { queueView } from "./views.ts";

type QueueMessage = protos.google.cloud.tasks.v2.IQueue;
type TasksCall = Call<TasksState>;

interface Named {
  readonly name?: string | null;
}

const LIST_FIELDS = new Set(["parent", "pageSize", "pageToken"]);

export function listQueues(
  request: protos.google.cloud.tasks.v2.IListQueuesRequest,
  { state, cloud }: TasksCall,
): protos.google.cloud.tasks.v2.IListQueuesResponse {
  if (request.filter !== "") refuseUnsupported(request, "ListQueuesRequest", LIST_FIELDS);
  const parent = checkLocation(request.parent);
  const queues = [...state.queues.values()]
    .filter((queue) => locationOf(queue.name) === parent)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const list = { of: parent, limit: MAX_QUEUES_PER_PAGE, now: cloud.clock.now() };
  const { items, ...next } = pageOf(
    queues,
    byKey(({ name }) => name, list),
    request,
  );
  return { queues: items.map(queueView), ...next };
}

export function getQueue(request: Named, { state }: TasksCall): QueueMessage {
  return queueView(existing(state, request.name));
}

export function createQueue(
  request: protos.google.cloud.tasks.v2.ICreateQueueRequest,
  { state, cloud }: TasksCall,
): QueueMessage {
  const name = checkQueueName(request.queue?.name);
  if (locationOf(name) !== request.parent) {
    throw invalid(
      `The parent '${request.parent ?? ""}' must be the location of the queue '${name}'.`,
    );
  }
  const settings = settingsOf(request.queue ?? {});
  if (state.queues.has(name)) throw new ApiError("ALREADY_EXISTS", "Queue already exists");
  refuseRecent(state, name, cloud.clock.now());
  return queueView(state.addQueue(name, settings, cloud.clock.now()));
}

/** Creates the queue where there is none, as the service does. */
export function updateQueue(
  request: protos.google.cloud.tasks.v2.IUpdateQueueRequest,
  { state, cloud }: TasksCall,
): QueueMessage {
  const name = checkQueueName(request.queue?.name);
  const wanted = request.queue ?? {};
  const now = cloud.clock.now();
  const queue = state.queues.get(name);
  if (queue === undefined) {
    refuseRecent(state, name, now);
    return queueView(state.addQueue(name, settingsOf(wanted), now));
  }
  const paths = request.updateMask?.paths ?? [];
  queue.configure(settingsOf(masked(queueView(queue), wanted, paths)), now);
  state.dispatcher.wake(queue);
  return queueView(queue);
}

export function deleteQueue(request: Named, { state, cloud }: TasksCall): object {
  const queue = state.queues.get(checkQueueName(request.name));
  if (queue === undefined) {
    throw new ApiError("NOT_FOUND", "Requested entity was not found.");
  }
  state.deleteQueue(queue, cloud.clock.now());
  return {};
}

/** Takes effect at once, where the service allows itself a minute. */
export function purgeQueue(request: Named, { state, cloud }: TasksCall): QueueMessage {
  const queue = existing(state, request.name);
  queue.purge(cloud.clock.now());
  state.dispatcher.wake(queue);
  return queueView(queue);
}

export function pauseQueue(request: Named, { state }: TasksCall): QueueMessage {
  return setPaused(state, request, true);
}

export function resumeQueue(request: Named, { state }: TasksCall): QueueMessage {
  return setPaused(state, request, false);
}

/** The queue of that name; the service says the same of a queue that never was and one deleted lately. */
export function existing(state: TasksState, name: string | null | undefined): Queue {
  const queue = state.queues.get(checkQueueName(name));
  if (queue !== undefined) return queue;
  throw new ApiError(
    "NOT_FOUND",
    "Queue does not exist. If you just created the queue, wait at least a minute for the queue to initialize.",
  );
}

function setPaused(state: TasksState, request: Named, isPaused: boolean): QueueMessage {
  const queue = existing(state, request.name);
  queue.isPaused = isPaused;
  state.dispatcher.wake(queue);
  return queueView(queue);
}

function refuseRecent(state: TasksState, name: string, now: number): void {
  if (!state.isBlocked(name, now)) return;
  throw new ApiError(
    "FAILED_PRECONDITION",
    "The queue cannot be created because a queue with this name existed too recently.",
  );
}
