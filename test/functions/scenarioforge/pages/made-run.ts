import { NOTHING } from "../../../../functions/scenarios/run-store.ts";
import type { Api } from "../api.ts";
import { RUN, WorkerByHand } from "../../scenarioforge-worker/worker-by-hand.ts";

export { RUN };

/** A run as the worker makes one, in the API's bucket: completed, or whatever `until` leaves of it. */
export async function makeRun(
  api: Api,
  prepare: (worker: WorkerByHand) => void = () => undefined,
): Promise<void> {
  const worker = new WorkerByHand();
  prepare(worker);
  await worker.launch();
  await worker.drain();
  for (const [name, content] of worker.stores.objects) api.stores.write(name, content, NOTHING);
}
