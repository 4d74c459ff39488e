import type { NodeName } from "../../../../functions/messages/scenario-names.ts";
import { addEvent, readEvents, withAttempt } from "../../../../functions/scenarios/events.ts";
import { finishRun } from "../../../../functions/scenarios/finish.ts";
import { timestamp } from "../../../../functions/scenarios/json.ts";
import { runNode } from "../../../../functions/scenarioforge-worker/run-node.ts";
import { WorkerByHand } from "../../scenarioforge-worker/worker-by-hand.ts";
import { BUILD, type Api } from "../api.ts";

export const RUN = "20261121021712-abcd";

const ATTEMPTS = 3;

export interface Difference {
  /** So many nodes are done, and the run goes on. Default: all. */
  readonly nodes?: number;
  /** The run fails there, after three attempts. Default: nowhere. */
  readonly failing?: NodeName;
}

/** A demo run as the API launches and the worker makes it, in the API's bucket. */
export async function makeRun(
  api: Api,
  { nodes = Infinity, failing }: Difference = {},
): Promise<void> {
  await api.post("/build", { ...BUILD, generate_strategies: true, run_id: RUN });
  const worker = new WorkerByHand();
  worker.time.now = api.time;
  worker.queue.push(...api.nodes);
  for (let count = 0; count < nodes; count += 1) {
    const task = worker.queue.shift();
    if (task === undefined) return;
    if (task.node === failing) return fail(api, failing);
    await worker.time.until(runNode(task, worker.ports(api.stores)));
    api.time = worker.time.now + 1;
  }
}

async function fail(api: Api, node: NodeName): Promise<void> {
  const event = { node, inputs: [], outputs: [], tools: [], schema_validated: false };
  for (let count = 0; count < ATTEMPTS; count += 1) {
    for (const status of ["RUNNING", "FAIL"] as const) {
      const before = await readEvents(api.store, RUN, false);
      const error = status === "FAIL" ? { error: "No scenarios." } : {};
      const next = { ...event, ...error, status, timestamp: timestamp((api.time += 10)) };
      await addEvent(api.store, RUN, withAttempt(before, { ...next, duration_seconds: 0.01 }));
    }
  }
  const events = await readEvents(api.store, RUN, false);
  await finishRun(api.store, RUN, 1, { status: "FAILED", events, error: "No scenarios." }, api);
}
