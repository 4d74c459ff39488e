import type { CloudTasksClient } from "@google-cloud/tasks";
import { createHash } from "node:crypto";
import { NODE_PATH } from "../../messages/scenario-node.ts";
import { lazy } from "../../runtime/lazy.ts";
import type { ScenarioforgeWorkerEnv } from "../env.ts";
import type { Tasks } from "../ports.ts";

/** Long enough for Google's own 15 s (cloudtasks_v2.yaml). */
const CREATE_TIMEOUT_MS = 20_000;
// https://grpc.io/docs/guides/status-codes/
const ALREADY_EXISTS = 6;

type QueueEnv = Pick<
  ScenarioforgeWorkerEnv,
  | "GOOGLE_CLOUD_PROJECT"
  | "TASKS_REGION"
  | "QUEUE"
  | "WORKER_URL"
  | "CALLER_SA"
  | "NODE_TIMEOUT_SECONDS"
>;

/** This worker's own queue in Cloud Tasks. A task is named by its node, so that it is there once. */
export function nodeTasks(
  env: QueueEnv,
  makeClient: () => Promise<Pick<CloudTasksClient, "createTask">> = newClient,
): Tasks {
  const client = lazy(makeClient);
  const location = `projects/${env.GOOGLE_CLOUD_PROJECT}/locations/${env.TASKS_REGION}`;
  const parent = `${location}/queues/${env.QUEUE}`;
  return {
    addNode: async (node) => {
      const key = ["node", node.tenant, node.run_id, node.node, node.execution];
      const id = createHash("sha256").update(JSON.stringify(key)).digest("hex");
      const task = {
        name: `${parent}/tasks/${id}`,
        httpRequest: {
          url: `${env.WORKER_URL}${NODE_PATH}`,
          httpMethod: "POST" as const,
          headers: { "Content-Type": "application/json", "X-Idempotency-Key": id },
          body: Buffer.from(JSON.stringify(node)),
          oidcToken: { serviceAccountEmail: env.CALLER_SA, audience: env.WORKER_URL },
        },
        dispatchDeadline: { seconds: env.NODE_TIMEOUT_SECONDS },
      };
      try {
        await (await client()).createTask({ parent, task }, { timeout: CREATE_TIMEOUT_MS });
      } catch (error) {
        // An earlier delivery of the node before added it, and was cut off then.
        if (error instanceof Error && "code" in error && error.code === ALREADY_EXISTS) return;
        throw error;
      }
    },
  };
}

async function newClient(): Promise<CloudTasksClient> {
  const { CloudTasksClient } = await import("../../runtime/cloud-tasks-client.ts");
  return new CloudTasksClient();
}
