/** One queue of Cloud Tasks on a fake cloud, for the tests of this folder. */
import type { protos } from "@google-cloud/tasks";
import { cloudTasks } from "../../../../local/google/tasks/index.ts";
import type { CloudTasks, CloudTasksOptions } from "../../../../local/google/tasks/index.ts";
import { FakeCloud, callMethod } from "../../../support/fake-cloud.ts";

export type Queue = protos.google.cloud.tasks.v2.IQueue;
export type Task = protos.google.cloud.tasks.v2.ITask;

export const LOCATION = "projects/switchyard-dev/locations/us-central1";
export const QUEUE = `${LOCATION}/queues/queue-brain`;
export const URL_BRAIN = "https://brain-223080314602.us-central1.run.app/process";

export interface QueueBrain {
  readonly cloud: FakeCloud;
  readonly simulator: CloudTasks;
  /** Calls an API method as the developer. */
  readonly call: <Response = unknown>(method: string, request: object) => Promise<Response>;
  /** Creates a task with the given id (random where undefined) and the fields given beside the defaults. */
  readonly create: (id?: string, task?: Task) => Promise<Task>;
  readonly get: (id: string) => Promise<Task>;
  readonly messages: () => string[];
}

/** A fresh simulator with queue-brain. */
export function queueBrain(queue: Queue = {}, options: CloudTasksOptions = {}): QueueBrain {
  const cloud = new FakeCloud();
  const simulator = cloudTasks(cloud, options);
  simulator.declareQueue({ name: QUEUE, ...queue });
  const call: QueueBrain["call"] = (method, request) =>
    callMethod(simulator, cloud, method, request);
  return {
    cloud,
    simulator,
    call,
    create: (id, task = {}) =>
      call<Task>("CreateTask", {
        parent: QUEUE,
        task: {
          httpRequest: { url: URL_BRAIN },
          ...(id === undefined ? {} : { name: `${QUEUE}/tasks/${id}` }),
          ...task,
        },
      }),
    get: (id) => call<Task>("GetTask", { name: `${QUEUE}/tasks/${id}` }),
    messages: () => cloud.lines.map(({ message }) => message),
  };
}

/** `{ seconds, nanos }` from seconds, to the microsecond. */
export function seconds(value: number): { seconds: number; nanos: number } {
  const whole = Math.floor(value);
  return { seconds: whole, nanos: Math.round((value - whole) * 1e6) * 1000 };
}
