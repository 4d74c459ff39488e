import { runNode } from "../../../../functions/scenarioforge-worker/run-node.ts";
import { WorkerByHand } from "../../scenarioforge-worker/worker-by-hand.ts";
import { BUILD, type Api } from "../api.ts";

/** A run as the API launches it and the worker makes it, node by node, up to its end or to so many of them. Its id. */
export async function buildRun(
  api: Api,
  difference: Readonly<Record<string, unknown>> = {},
  nodes = Infinity,
): Promise<string> {
  const request = { ...BUILD, generate_strategies: true, ...difference };
  // Ids are in the order of seconds.
  api.time += 1_000;
  const { body } = await api.post("/build", request);
  const worker = new WorkerByHand();
  worker.queue.push(...api.nodes.splice(0));
  for (let made = 0; made < nodes; made += 1) {
    const task = worker.queue.shift();
    if (task === undefined) break;
    await worker.time.until(runNode(task, { ...worker.ports(api.stores), now: api.now }));
  }
  return String(body.run_id);
}
