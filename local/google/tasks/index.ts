/**
 * Cloud Tasks v2 on one machine: method → operation, permission and resource. The first simulator written, and the one
 * to copy. It may import what is beside it, `../types.ts` and the shared shapes of local/, never another simulator.
 */
import type { protos } from "@google-cloud/tasks";
import type { Cloud, Method, ProtoSimulator } from "../api.ts";
import { iamMethods } from "../iam-methods.ts";
import type { RunsService, SliceOf } from "../service.ts";
import { tasks as declares } from "./declared.ts";
import { CloudDispatcher } from "./dispatch/dispatcher.ts";
import { DEFAULT_DEDUP_WINDOW_SECONDS } from "./limits.ts";
import { checkLocation, checkProject, checkQueueName, checkTaskName } from "./names.ts";
import * as queues from "./queue-operations.ts";
import { settingsOf } from "./queue-settings.ts";
import { TasksState } from "./state.ts";
import * as tasks from "./task-operations.ts";

type QueueMessage = protos.google.cloud.tasks.v2.IQueue;
type Name = string | null | undefined;

export interface CloudTasksOptions {
  /** How long the name of a task that is gone stays blocked. Default 3600, as the v2 proto says. */
  readonly dedupWindowSeconds?: number | undefined;
}

export interface CloudTasks extends ProtoSimulator<TasksState> {
  /**
   * Creates or replaces a declared queue, without asking IAM or for how long its name has been free. Limits that
   * change are in force at once; tasks stay. Throws what CreateQueue throws for a malformed name or setting.
   */
  declareQueue(queue: QueueMessage): void;
  /** Deletes a declared queue with its tasks; one that does not exist is left alone. */
  removeQueue(name: string): void;
  /** Ends what is under way and sends nothing more. */
  stop(): void;
}

/** Cloud Tasks for the given cloud, without queues. */
export function cloudTasks(cloud: Cloud, options: CloudTasksOptions = {}): CloudTasks {
  const { dedupWindowSeconds = DEFAULT_DEDUP_WINDOW_SECONDS } = options;
  const dispatcher = new CloudDispatcher(cloud);
  const state = new TasksState(dispatcher, dedupWindowSeconds * 1000);
  return {
    host: "cloudtasks.googleapis.com",
    descriptors: "@google-cloud/tasks/build/protos",
    service: "google.cloud.tasks.v2.CloudTasks",
    state,
    methods: methodsFor(cloud.projectId),
    declareQueue(message) {
      const name = checkQueueName(message.name);
      const settings = settingsOf(message);
      const queue = state.queues.get(name);
      if (queue === undefined) {
        state.addQueue(name, settings, cloud.clock.now());
        return;
      }
      queue.configure(settings, cloud.clock.now());
      dispatcher.wake(queue);
    },
    removeQueue(name) {
      const queue = state.queues.get(name);
      if (queue !== undefined) state.deleteQueue(queue, cloud.clock.now());
    },
    stop: () => dispatcher.stop(),
  };
}

/** Cloud Tasks as a part of the local cloud. */
export function tasksService(options: CloudTasksOptions): RunsService<SliceOf<typeof declares>> {
  return {
    declares,
    start: (cloud) => {
      const simulator = cloudTasks(cloud, options);
      return {
        apis: [simulator],
        takes: {
          queue: {
            declare: (queue) => simulator.declareQueue(queue),
            remove: (name) => simulator.removeQueue(name),
          },
        },
        stop: () => simulator.stop(),
      };
    },
  };
}

/**
 * Permissions: cloud.google.com/tasks/docs/access-control. IAM policies sit on queues, so tasks are judged by theirs.
 * A resource is named before the caller is authorized: a foreign project and a malformed name are therefore refused
 * there, where the service refuses them, ahead of any permission.
 */
function methodsFor(projectId: string): Readonly<Record<string, Method<TasksState>>> {
  const location = (name: Name): string => {
    checkProject(name, projectId);
    return checkLocation(name);
  };
  const queue = (name: Name): string => {
    const queueName = checkQueueName(name);
    checkProject(queueName, projectId);
    return queueName;
  };
  const queueOfTask = (name: Name): string => {
    const { queue: queueName } = checkTaskName(name);
    checkProject(queueName, projectId);
    return queueName;
  };
  const byParent = ({ parent }: { parent?: Name }): string => queue(parent);
  const byName = ({ name }: { name?: Name }): string => queue(name);
  const byTask = ({ name }: { name?: Name }): string => queueOfTask(name);
  return {
    ListQueues: method(queues.listQueues, "cloudtasks.queues.list", (r) => location(r.parent)),
    GetQueue: method(queues.getQueue, "cloudtasks.queues.get", byName),
    CreateQueue: method(queues.createQueue, "cloudtasks.queues.create", (r) => location(r.parent)),
    UpdateQueue: method(queues.updateQueue, "cloudtasks.queues.update", (r) =>
      queue(r.queue?.name),
    ),
    DeleteQueue: method(queues.deleteQueue, "cloudtasks.queues.delete", byName),
    PurgeQueue: method(queues.purgeQueue, "cloudtasks.queues.purge", byName),
    PauseQueue: method(queues.pauseQueue, "cloudtasks.queues.pause", byName),
    ResumeQueue: method(queues.resumeQueue, "cloudtasks.queues.resume", byName),
    ...iamMethods<TasksState>({
      governed: (name) => ({ permissions: "cloudtasks.queues", on: { resource: queue(name) } }),
      existing: (name, { state }) => queues.existing(state, name),
    }),
    ListTasks: method(tasks.listTasks, "cloudtasks.tasks.list", byParent),
    GetTask: method(tasks.getTask, "cloudtasks.tasks.get", byTask),
    CreateTask: method(tasks.createTask, "cloudtasks.tasks.create", byParent),
    DeleteTask: method(tasks.deleteTask, "cloudtasks.tasks.delete", byTask),
    RunTask: method(tasks.runTask, "cloudtasks.tasks.run", byTask),
  };
}

function method<Request>(
  operation: Method<TasksState, Request>["operation"],
  permission: string,
  resource: (request: Request) => string,
): Method<TasksState, Request> {
  return { operation, needs: (request) => [{ permission, resource: resource(request) }] };
}
