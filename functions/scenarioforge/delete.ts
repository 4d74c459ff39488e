// DELETE /runs/{run_id} and its undoing: the objects stay (contract, 2.6).
import type { Reply } from "../runtime/door/reply.ts";
import { index } from "../scenarios/entries.ts";
import { deleted, undeleted } from "../scenarios/patches.ts";
import { updateRun, type Patch } from "../scenarios/runs.ts";
import type { Caller } from "./keys.ts";
import type { Ports } from "./ports.ts";
import { runNotFound } from "./refusals.ts";

/** A second time is as good as the first. */
export function deleteRun(caller: Caller, runId: string, ports: Ports): Promise<Reply> {
  return change(caller, runId, deleted(runId, caller.tenant, ports.now()), true, ports);
}

export function undeleteRun(caller: Caller, runId: string, ports: Ports): Promise<Reply> {
  return change(caller, runId, undeleted(ports.now()), false, ports);
}

async function change(
  caller: Caller,
  runId: string,
  patch: Patch,
  isDeleted: boolean,
  ports: Ports,
): Promise<Reply> {
  const store = ports.stores.of(caller.tenant);
  if ((await updateRun(store, runId, patch, ports)) === undefined) throw runNotFound();
  // Each time: an attempt before may have been cut off between the two.
  await index(store, runId, ports);
  return { status: 200, body: { run_id: runId, deleted: isDeleted } };
}
