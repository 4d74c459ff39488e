import { createHash } from "node:crypto";
import { NODE_PATH, SWEEP_PATH } from "../../messages/scenario-node.ts";
import type { ScenarioNode, ScenarioSweep } from "../../messages/scenario-node.ts";
import { taskQueue, type TasksClient } from "../../runtime/google/task-queue.ts";

/** What both roles know of the worker's queue. */
interface QueueEnv {
  readonly GOOGLE_CLOUD_PROJECT: string;
  readonly TASKS_REGION: string;
  readonly QUEUE: string;
  readonly WORKER_URL: string;
  readonly CALLER_SA: string;
  readonly NODE_TIMEOUT_SECONDS: number;
}

export interface NodeTasks {
  addNode(task: ScenarioNode): Promise<void>;
  addSweep(task: ScenarioSweep, window: number): Promise<void>;
}

/**
 * The worker's queue in Cloud Tasks. A task is named by what it is for, so that it is there once: whoever adds it again was
 * cut off after the first time, or began the same execution as somebody else.
 */
export function nodeTasks(env: QueueEnv, makeClient?: () => Promise<TasksClient>): NodeTasks {
  const queue = {
    project: env.GOOGLE_CLOUD_PROJECT,
    region: env.TASKS_REGION,
    queue: env.QUEUE,
    origin: env.WORKER_URL,
    caller: env.CALLER_SA,
  };
  const addTask = taskQueue(queue, makeClient);
  const add = async (path: string, key: readonly unknown[], body: object): Promise<void> => {
    const id = createHash("sha256").update(JSON.stringify(key)).digest("hex");
    const headers = { "X-Idempotency-Key": id };
    await addTask({ id, path, body, headers, deadlineSeconds: env.NODE_TIMEOUT_SECONDS });
  };
  return {
    addNode: (task) =>
      add(NODE_PATH, ["node", task.tenant, task.run_id, task.node, task.execution], task),
    addSweep: (task, window) => add(SWEEP_PATH, ["sweep", task.tenant, window], task),
  };
}
