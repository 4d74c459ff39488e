import type { ScenarioNode } from "../messages/scenario-node.ts";
import { awaitLease } from "../runtime/kept-lease.ts";
import type { KeptLease } from "../runtime/kept-lease.ts";
import { done, retry } from "../runtime/outcome.ts";
import type { Outcome } from "../runtime/outcome.ts";
import { readEvents } from "../scenarios/events.ts";
import { finishRun } from "../scenarios/finish.ts";
import { objectsIn } from "../scenarios/overwrite.ts";
import { nodeLeasePath } from "../scenarios/paths.ts";
import type { NodeEvent } from "../scenarios/run.ts";
import { stepsOf } from "../scenarios/run.ts";
import type { RunStore } from "../scenarios/run-store.ts";
import { readRun } from "../scenarios/runs.ts";
import { attempt } from "./attempt.ts";
import { attemptsAt } from "./delivered.ts";
import type { Delivered } from "./delivered.ts";
import { completed } from "./ending.ts";
import { NodeFailure } from "./failure.ts";
import { hydrate } from "./hydrate.ts";
import type { Ports } from "./ports.ts";
import { readLaunched, workOf } from "./work.ts";
import type { Launched } from "./work.ts";
import { spendingOf } from "./spending.ts";

const DONE = ["OK", "SKIPPED"];

/**
 * Runs one node of one run. Delivered again, it does what is left: what is durable is not done again, and the next node's
 * task is added only then. Of several deliveries at once one works, and the others wait for it to end or to be dead.
 */
export async function runNode(task: ScenarioNode, ports: Ports): Promise<Outcome> {
  const store = ports.stores.of(task.tenant);
  const before = await delivered(task, store);
  if (before === undefined) return nothingLeft(task);
  const keeping = { ...ports, objects: objectsIn(store, ports) };
  const path = nodeLeasePath(task.run_id, task.node);
  const lease = await awaitLease(path, ports.settings.term, keeping);
  if (lease === undefined) return retry("Another delivery of this node is being worked on.");
  try {
    // What it waited for may have ended the run.
    const now = await delivered(task, store);
    return now === undefined ? nothingLeft(task) : await work(now, lease, ports);
  } finally {
    await lease.release();
  }
}

/** Undefined where there is nothing left to do for this execution. */
async function delivered(task: ScenarioNode, store: RunStore): Promise<Delivered | undefined> {
  const read = await readRun(store, task.run_id);
  const isDue = read !== undefined && !read.run.is_final && read.run.execution === task.execution;
  return isDue ? { task, store, run: read.run } : undefined;
}

function nothingLeft({ run_id, node, execution }: ScenarioNode): Outcome {
  return done({ run_id, node, execution, outcome: "nothing_left" });
}

async function work(given: Delivered, lease: KeptLease, ports: Ports): Promise<Outcome> {
  const { task, store } = given;
  const events = await readEvents(store, task.run_id, false);
  let launched: Launched;
  try {
    launched = await readLaunched(store, task.run_id);
  } catch (error) {
    if (!(error instanceof NodeFailure)) throw error;
    return fail(given, events, error.message, ports);
  }
  await hydrate(given, events, launched, ports);
  const isDone = DONE.includes(attemptsAt(task, events).at(-1)?.status ?? "");
  if (isDone) return goOn(given, launched, ports);
  const result = await attempt(given, events, launched, lease, ports);
  switch (result.kind) {
    case "made":
      return goOn(given, launched, ports);
    case "failed":
      return fail(given, await readEvents(store, task.run_id, false), result.reason, ports);
    case "again":
      return result.outcome;
  }
}

/** The next node's task; behind the last node, the end of the run. */
async function goOn(given: Delivered, launched: Launched, ports: Ports): Promise<Outcome> {
  const { task, store, run } = given;
  const steps = stepsOf({ generateStrategies: launched.request.generate_strategies });
  const place = steps.findIndex(({ name }) => name === task.node);
  const next = steps[place + 1];
  const { run_id, node, execution } = task;
  if (next !== undefined) {
    await ports.tasks.addNode({ ...task, node: next.name });
    return done({ run_id, node, execution, outcome: "made", next: next.name });
  }
  const events = await readEvents(store, run_id, false);
  const reading = {
    store,
    runId: run_id,
    run,
    launched,
    key: undefined,
    spending: spendingOf(events, ports.settings.budget),
    signal: new AbortController().signal,
    repairs: [],
  };
  const ending = await completed(events, workOf(node, reading, ports));
  await finishRun(store, run_id, execution, ending, ports);
  return done({ run_id, node, execution, outcome: "completed", status: ending.status });
}

async function fail(
  { task, store }: Delivered,
  events: readonly NodeEvent[],
  reason: string,
  ports: Ports,
): Promise<Outcome> {
  const { run_id, node, execution } = task;
  const error = `${node}: ${reason}`;
  await finishRun(store, run_id, execution, { status: "FAILED", events, error }, ports);
  return done({ run_id, node, execution, outcome: "failed", reason: error });
}
