import type { CloudTasksClient } from "@google-cloud/tasks";
import { createHash } from "node:crypto";
import { NODE_PATH, SWEEP_PATH } from "../../messages/scenario-node.ts";
import { lazy } from "../../runtime/lazy.ts";
import type { ScenarioforgeEnv } from "../env.ts";
import type { Tasks } from "../ports.ts";

/** Long enough for Google's own 15 s (cloudtasks_v2.yaml). */
const CREATE_TIMEOUT_MS = 20_000;
// https://grpc.io/docs/guides/status-codes/
const ALREADY_EXISTS = 6;

type QueueEnv = Pick<
  ScenarioforgeEnv,
  | "GOOGLE_CLOUD_PROJECT"
  | "TASKS_REGION"
  | "QUEUE"
  | "WORKER_URL"
  | "CALLER_SA"
  | "NODE_TIMEOUT_SECONDS"
>;

/** The worker's queue in Cloud Tasks. */
export function workerTasks(
  env: QueueEnv,
  makeClient: () => Promise<Pick<CloudTasksClient, "createTask">> = newClient,
): Tasks {
  const client = lazy(makeClient);
  const parent = `projects/${env.GOOGLE_CLOUD_PROJECT}/locations/${env.TASKS_REGION}/queues/${env.QUEUE}`;
  const add = async (path: string, key: readonly unknown[], body: object): Promise<void> => {
    const id = createHash("sha256").update(JSON.stringify(key)).digest("hex");
    const task = {
      name: `${parent}/tasks/${id}`,
      httpRequest: {
        url: `${env.WORKER_URL}${path}`,
        httpMethod: "POST" as const,
        headers: { "Content-Type": "application/json", "X-Idempotency-Key": id },
        body: Buffer.from(JSON.stringify(body)),
        oidcToken: { serviceAccountEmail: env.CALLER_SA, audience: env.WORKER_URL },
      },
      dispatchDeadline: { seconds: env.NODE_TIMEOUT_SECONDS },
    };
    try {
      await (await client()).createTask({ parent, task }, { timeout: CREATE_TIMEOUT_MS });
    } catch (error) {
      // It was added before: by us, or by who began the same execution.
      if (error instanceof Error && "code" in error && error.code === ALREADY_EXISTS) return;
      throw error;
    }
  };
  return {
    addNode: (task) =>
      add(NODE_PATH, ["node", task.tenant, task.run_id, task.node, task.execution], task),
    addSweep: (task, window) => add(SWEEP_PATH, ["sweep", task.tenant, window], task),
  };
}

async function newClient(): Promise<CloudTasksClient> {
  const { CloudTasksClient } = await import("../../runtime/cloud-tasks-client.ts");
  return new CloudTasksClient();
}
