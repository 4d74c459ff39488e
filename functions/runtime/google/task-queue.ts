import type { CloudTasksClient } from "@google-cloud/tasks";
import { lazy } from "../lazy.ts";

/** Long enough for Google's own 15 s (cloudtasks_v2.yaml), well under the 60 s of a short service. */
export const CREATE_TIMEOUT_MS = 20_000;
// https://grpc.io/docs/guides/status-codes/
export const ALREADY_EXISTS = 6;

/** Where tasks are added, and who is to be called in whose name. */
export interface QueuePlace {
  readonly project: string;
  readonly region: string;
  /** Short id. */
  readonly queue: string;
  /** Origin of the service that the tasks call, which is the audience of their tokens. */
  readonly origin: string;
  /** Service account whose ID token the tasks carry. */
  readonly caller: string;
}

/** A task that is there once, by its name. */
export interface NamedTask {
  /** Short id. */
  readonly id: string;
  /** At the origin: `/run` */
  readonly path: string;
  /** Sent as JSON. */
  readonly body: object;
  /** Besides the content's type. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long the service may take to answer. */
  readonly deadlineSeconds: number;
}

/** Adds a task; false where one of its name is there already, or was recently. */
export type AddTask = (task: NamedTask) => Promise<boolean>;

export type TasksClient = Pick<CloudTasksClient, "createTask">;

/** One queue of Cloud Tasks as the place where tasks are added. */
export function taskQueue(
  { project, region, queue, origin, caller }: QueuePlace,
  makeClient: () => Promise<TasksClient> = newTasksClient,
): AddTask {
  const client = lazy(makeClient);
  const parent = `projects/${project}/locations/${region}/queues/${queue}`;
  return async ({ id, path, body, headers, deadlineSeconds }) => {
    const task = {
      name: `${parent}/tasks/${id}`,
      httpRequest: {
        url: `${origin}${path}`,
        httpMethod: "POST" as const,
        headers: { "Content-Type": "application/json", ...headers },
        body: Buffer.from(JSON.stringify(body)),
        oidcToken: { serviceAccountEmail: caller, audience: origin },
      },
      dispatchDeadline: { seconds: deadlineSeconds },
    };
    try {
      await (await client()).createTask({ parent, task }, { timeout: CREATE_TIMEOUT_MS });
      return true;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === ALREADY_EXISTS) return false;
      throw error;
    }
  };
}

export async function newTasksClient(): Promise<CloudTasksClient> {
  const { CloudTasksClient } = await import("./cloud-tasks-client.ts");
  return new CloudTasksClient();
}
