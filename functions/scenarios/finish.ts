// The end of a run: everything else first, run.json last, then the pointer to the latest.
import { listArtifacts, writeIndex } from "./artifacts.ts";
import { index } from "./entries.ts";
import { writeLogs } from "./events.ts";
import { announce } from "./latest.ts";
import { overwrite } from "./overwrite.ts";
import { ended, progressed, type Ending } from "./patches.ts";
import { artifactPath } from "./paths.ts";
import type { NodeEvent, Run } from "./run.ts";
import type { RunStore } from "./run-store.ts";
import { jsonContent, readRun, updateRun, type ContentionPorts } from "./runs.ts";
import { VIEW_MODEL, makeViewModel } from "./view-model.ts";

/**
 * Cloud Storage takes about one write a second of one object (cloud.google.com/storage/quotas#objects). A quarter more, since
 * a write ends later than the time that it notes, and a run's entry in the index is written right behind run.json.
 */
const APART_MS = 1_250;

export interface FinishPorts extends ContentionPorts {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Notes in run.json what the events say by now, which renews the run's lease too; not where that was written a moment ago:
 * the events are there, and the next one writes it.
 */
export async function noteProgress(
  store: RunStore,
  runId: string,
  events: readonly NodeEvent[],
  leaseSeconds: number,
  ports: FinishPorts,
): Promise<Run | undefined> {
  const now = ports.now();
  return updateRun(
    store,
    runId,
    (run) => (now - lastWrite(run) < APART_MS ? run : progressed(events, leaseSeconds, now)(run)),
    ports,
  );
}

/** Ends an execution of a run. Done again, or too late, it changes nothing. The run as it is then. */
export async function finishRun(
  store: RunStore,
  runId: string,
  execution: number,
  ending: Ending,
  ports: FinishPorts,
): Promise<Run | undefined> {
  const read = await readRun(store, runId);
  if (read === undefined) return undefined;
  if (read.run.is_final || read.run.execution !== execution) return read.run;
  const viewModel = await makeViewModel(store, runId, await listArtifacts(store, runId));
  await overwrite(store, artifactPath(runId, VIEW_MODEL), jsonContent(viewModel), ports);
  await writeIndex(store, runId, ports);
  await writeLogs(store, runId, ports);
  const left = APART_MS - (ports.now() - lastWrite(read.run));
  if (left > 0) await ports.wait(left / 1000);
  const patch = ended(execution, ending, ports.now());
  await index(store, runId, ports, patch);
  const run = await updateRun(store, runId, patch, ports);
  if (run === undefined) return undefined;
  if (run.is_final) await announce(store, runId, run, ports);
  // Deleted or set going again meanwhile: the index was told of this end after that.
  if (!run.is_final || run.is_deleted) await index(store, runId, ports);
  return run;
}

function lastWrite(run: Run): number {
  const at = Date.parse(run.updated_at ?? "");
  return Number.isNaN(at) ? 0 : at;
}
