import type { ScenarioNode } from "../messages/scenario-node.ts";
import type { KeptLease } from "../runtime/kept-lease.ts";
import { retry, slowDown } from "../runtime/outcome.ts";
import type { Outcome } from "../runtime/outcome.ts";
import { addEvent, addNormalization, withAttempt } from "../scenarios/events.ts";
import type { NewEvent } from "../scenarios/events.ts";
import { noteProgress } from "../scenarios/finish.ts";
import { timestamp } from "../scenarios/json.ts";
import type { NodeEvent, Normalization } from "../scenarios/run.ts";
import { stepsOf } from "../scenarios/run.ts";
import { opened } from "../scenarios/seal.ts";
import { attemptsAt } from "./delivered.ts";
import type { Delivered } from "./delivered.ts";
import { NodeFailure } from "./failure.ts";
import { keep } from "./keep.ts";
import { NODES } from "./nodes/index.ts";
import type { Ports } from "./ports.ts";
import { spendingOf } from "./spending.ts";
import { workOf } from "./work.ts";
import type { Launched } from "./work.ts";

export type Attempted =
  | { readonly kind: "made" }
  /** The run fails for this reason. */
  | { readonly kind: "failed"; readonly reason: string }
  /** The task is to come again. */
  | { readonly kind: "again"; readonly outcome: Outcome };

/** One attempt: what is made is written, and then the event says so. */
export async function attempt(
  { task, store, run }: Delivered,
  events: readonly NodeEvent[],
  launched: Launched,
  lease: KeptLease,
  ports: Ports,
): Promise<Attempted> {
  const { maxAttempts, runLeaseSeconds, budget, timeoutSeconds } = ports.settings;
  const node = NODES[task.node];
  const all = [...events];
  const add = async (event: Pick<NewEvent, "status"> & Partial<NewEvent>): Promise<void> => {
    const counted = withAttempt(all, { ...rowOf(task, launched, ports), ...event });
    await addEvent(store, task.run_id, counted);
    all.push(counted);
  };

  const own = attemptsAt(task, events);
  const last = own.at(-1);
  const begun = own.filter(({ status }) => status === "RUNNING").length;
  if (begun >= maxAttempts) {
    const error = last?.error ?? `It was begun ${begun} times and never came to an end.`;
    if (last?.status === "RUNNING") await add({ status: "FAIL", error });
    return { kind: "failed", reason: error };
  }

  const deadline = new AbortController();
  const spending = spendingOf(events, budget);
  const repairs: Normalization[] = [];
  const signal = AbortSignal.any([lease.signal, deadline.signal]);
  const key = keyOf(task, ports);
  const given = { store, runId: task.run_id, run, launched, key, spending, signal, repairs };
  const work = workOf(task.node, given, ports);
  if (node.skips?.(work) === true) {
    await add({ status: "SKIPPED", tools: ["system"], schema_validated: true });
    return { kind: "made" };
  }

  const started = ports.now();
  await add({ status: "RUNNING" });
  await noteProgress(store, task.run_id, all, runLeaseSeconds, ports);
  const end = async (event: Pick<NewEvent, "status"> & Partial<NewEvent>): Promise<void> => {
    const { requests, tokens } = spending.usage();
    const number = all.at(-1)?.attempt ?? 1;
    await addNormalization(
      store,
      task.run_id,
      { node: task.node, attempt: number },
      repairs,
      ports,
    );
    const usage = requests > 0 ? { usage: { requests, tokens } } : {};
    await add({ duration_seconds: (ports.now() - started) / 1000, ...usage, ...event });
    await noteProgress(store, task.run_id, all, runLeaseSeconds, ports);
  };
  const cancel = ports.after(timeoutSeconds, () => {
    deadline.abort(new NodeFailure("It took longer than it may."));
  });
  try {
    const made = await node.make(work);
    signal.throwIfAborted();
    if (!lease.isHeld()) return LOST;
    await keep(made, task.node, work.brief, store, ports);
    if (made.failure !== undefined) {
      // What was made up comes out the same the next time.
      throw new NodeFailure(made.failure, { isFinal: work.settings.simulates });
    }
    await end({ status: "OK", schema_validated: true });
    return { kind: "made" };
  } catch (error) {
    if (lease.signal.aborted) return LOST;
    const failure = failureIn(error, deadline.signal);
    if (failure === undefined) throw error;
    await end({ status: "FAIL", error: failure.message });
    const isOver = failure.isFinal || begun + 1 >= maxAttempts;
    return isOver
      ? { kind: "failed", reason: failure.message }
      : { kind: "again", outcome: againAfter(failure) };
  } finally {
    cancel();
  }
}

const LOST: Attempted = {
  kind: "again",
  outcome: retry("The lease was lost; another delivery may have it."),
};
const MAX_RETRY_AFTER_SECONDS = 300;

/** What ended an attempt, in words; undefined for a fault of ours or of the storage, after which the task comes again. */
function failureIn(error: unknown, deadline: AbortSignal): NodeFailure | undefined {
  if (error instanceof NodeFailure) return error;
  const reason: unknown = deadline.reason;
  return reason instanceof NodeFailure ? reason : undefined;
}

function againAfter({ message, retryAfterSeconds: seconds }: NodeFailure): Outcome {
  if (seconds === undefined) return retry(message);
  // A quota is everybody's: the whole queue had better wait.
  return slowDown(message, Math.ceil(Math.min(seconds, MAX_RETRY_AFTER_SECONDS)));
}

/** What all events of an attempt have in common. */
function rowOf(task: ScenarioNode, { request, settings }: Launched, { now }: Ports) {
  const steps = stepsOf({ generateStrategies: request.generate_strategies });
  const step = steps.find(({ name }) => name === task.node);
  const model = settings.llm_provider === "mock" ? "llm:mock" : "llm:gemini";
  const searches = task.node === "retrieval_real" && settings.allow_web;
  const tools = NODES[task.node].usesModel ? [model] : ["system"];
  return {
    timestamp: timestamp(now()),
    node: task.node,
    inputs: [...(step?.inputs ?? [])],
    outputs: [...(step?.outputs ?? [])],
    tools: searches ? [...tools, "search:gemini"] : tools,
    schema_validated: false,
    duration_seconds: 0,
    execution: task.execution,
  };
}

/** The caller's own LLM key where it came along, else the server's. */
function keyOf({ tenant, run_id, sealed_key }: ScenarioNode, { settings }: Ports) {
  if (sealed_key === undefined) return settings.key;
  return opened(sealed_key, settings.sealKey, { tenant, runId: run_id });
}
