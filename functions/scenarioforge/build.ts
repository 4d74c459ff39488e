// POST /build: one run for each signature, launched, shared, or set going again (scenarioforge contract, 1.1 and D2, D4).
import { NODE_NAMES, type NodeName } from "../messages/scenario-names.ts";
import type { Reply } from "../runtime/door/reply.ts";
import { artifactLinks, listArtifacts } from "../scenarios/artifacts.ts";
import { claim } from "../scenarios/claims.ts";
import { index } from "../scenarios/entries.ts";
import { readEvents } from "../scenarios/events.ts";
import { timestamp } from "../scenarios/json.ts";
import { labelOf } from "../scenarios/labels.ts";
import { isStalled, newRun, nodeStatusOf, resumed } from "../scenarios/patches.ts";
import { inputsPath, requestPath, runConfigPath, runPath } from "../scenarios/paths.ts";
import {
  geographyOf,
  isLive,
  settingsOf,
  type BuildRequest,
  type PipelineRequest,
  type Settings,
} from "../scenarios/request.ts";
import { stepsOf, type Run } from "../scenarios/run.ts";
import { NOTHING, type RunStore } from "../scenarios/run-store.ts";
import { createRun, jsonContent, readRun, updateRun } from "../scenarios/runs.ts";
import { sealed } from "../scenarios/seal.ts";
import { signatureOf, signaturePayload } from "../scenarios/signature.ts";
import { tenantSettings } from "./config.ts";
import type { Caller } from "./keys.ts";
import type { Ports } from "./ports.ts";
import { coded, refused } from "./refusals.ts";
import { documentsOf } from "./uploads.ts";

/** What is to be run, with everything that follows from the request. */
interface Plan {
  readonly request: PipelineRequest;
  readonly settings: Settings;
  readonly payload: Record<string, unknown>;
  readonly signature: string;
}

interface Launch {
  readonly runId: string;
  readonly reuse: "in_progress" | "completed" | null;
  readonly signature: string;
}

/** Files that nodes before one of them leave behind, where they always do. */
const LEFT_BEHIND: Partial<Readonly<Record<NodeName, string>>> = {
  charter: "scenario_charter.json",
  focal_issue: "focal_issue.json",
  company_profile: "company_profile.json",
  retrieval_real: "evidence_units.json",
  forces: "forces.json",
  ebe_rank: "forces_ranked.json",
  clusters: "clusters.json",
  uncertainty_axes: "uncertainty_axes.json",
  scenarios: "scenarios.json",
  scenario_media: "scenarios_enriched.json",
  strategies: "strategies.json",
  wind_tunnel: "wind_tunnel.json",
};

export async function build(
  body: BuildRequest,
  { wait }: { readonly wait: boolean },
  caller: Caller,
  ports: Ports,
): Promise<Reply> {
  const store = ports.stores.of(caller.tenant);
  const plan = await planOf(store, body, ports);
  if (isLive(plan.settings) && caller.llmKey === undefined) {
    throw coded(
      400,
      "MISSING_API_KEY",
      "No API key found. Provide in UI or set GEMINI_API_KEY in Cloud Run.",
    );
  }
  const launch = await launchOf(store, body, plan, caller, ports);
  return answer(store, launch, wait, ports);
}

/** What a build of this request would be, without doing anything. */
export async function planOf(store: RunStore, body: BuildRequest, ports: Ports): Promise<Plan> {
  const { versions, model, embedModel } = ports.settings;
  const settings = settingsOf(body, await tenantSettings(store), { model, embedModel });
  const request: PipelineRequest = {
    scope: body.scope,
    value: body.value,
    horizon: body.horizon,
    company: body.company ?? null,
    geography: body.geography ?? null,
    pack: body.pack ?? null,
    generate_strategies: body.generate_strategies,
    sources: body.sources ?? [],
    input_docs: await documentsOf(store, body.input_docs ?? []),
  };
  const payload = signaturePayload(request, settings, versions);
  return { request, settings, payload, signature: signatureOf(payload) };
}

async function launchOf(
  store: RunStore,
  body: BuildRequest,
  plan: Plan,
  caller: Caller,
  ports: Ports,
): Promise<Launch> {
  const { signature } = plan;
  if (body.resume_from !== null && body.resume_from !== undefined) {
    const runId = await resume(store, body.resume_from, body.run_id, plan, caller, ports);
    return { runId, reuse: null, signature };
  }
  const isForced = body.force || body.rerun;
  const runId = body.run_id ?? newRunId(ports);
  await refuseTaken(store, runId, signature, isForced);
  const claimed = await claim(store, { signature, runId, isForced }, ports);
  if (claimed.kind === "completed") {
    return { runId: claimed.runId, reuse: "completed", signature };
  }
  if (claimed.kind === "running") {
    await nudge(store, claimed.runId, plan, caller, ports);
    return { runId: claimed.runId, reuse: "in_progress", signature };
  }
  if (claimed.kind === "stalled") {
    await goOn(store, claimed.runId, claimed.execution + 1, plan, caller, ports);
    return { runId: claimed.runId, reuse: "in_progress", signature };
  }
  const parent = claimed.parent;
  const isOurs = await createRun(store, runId, runOf(runId, plan, parent, ports));
  if (!isOurs) {
    const there = await readRun(store, runId);
    // Two builds that name the same run at once: both are of the one that came first.
    if (there?.run.signature === signature && !isForced) {
      return { runId, reuse: "in_progress", signature };
    }
    // The claim of what is refused here names a run of another signature, and is not believed.
    throw runExists();
  }
  await Promise.all([describe(store, runId, plan, ports), index(store, runId, ports)]);
  await enqueue(store, runId, 1, plan, caller, ports);
  return { runId, reuse: null, signature };
}

/** An id that a run of something else has is not had again (contract, 9.11). */
async function refuseTaken(
  store: RunStore,
  runId: string,
  signature: string,
  isForced: boolean,
): Promise<void> {
  const there = await readRun(store, runId);
  if (there === undefined) return;
  const { signature: theirs, is_final: isFinal, status, is_deleted: isDeleted } = there.run;
  const isShared = theirs === signature && !isForced && !isDeleted;
  if (!isShared || (isFinal && status === "FAILED")) throw runExists();
}

const runExists = () => coded(409, "RUN_EXISTS", "A run of this id exists; give another, or none.");

/** Sets a run that failed or stands still going again, at that node. Nothing is changed before all of it is judged. */
async function resume(
  store: RunStore,
  from: string,
  runId: string | null | undefined,
  plan: Plan,
  caller: Caller,
  ports: Ports,
): Promise<string> {
  if (runId === null || runId === undefined) {
    throw refused(400, "run_id_required", "run_id required when resuming.");
  }
  const steps = stepsOf({ generateStrategies: plan.request.generate_strategies });
  const place = steps.findIndex(({ name }) => name === from);
  if (place === -1) {
    const known = NODE_NAMES.join(", ");
    throw refused(400, "unknown_node", `resume_from must be a node of this run: ${known}.`);
  }
  const read = await readRun(store, runId);
  if (read === undefined || read.run.is_deleted) throw refused(404, "not_found", "Run not found.");
  const { run } = read;
  if (run.signature !== plan.signature) {
    const message = "The run was launched with other parameters; a new run has a new id.";
    throw coded(409, "RUN_DIFFERS", message);
  }
  if (run.is_final && run.status !== "FAILED") throw readOnly();
  if (!run.is_final && !isStalled(run, ports.now())) {
    throw coded(409, "RUN_IN_PROGRESS", "Run is in progress.");
  }
  const present = new Set(await listArtifacts(store, runId));
  const missing = steps
    .slice(0, place)
    .flatMap(({ name }) => LEFT_BEHIND[name] ?? [])
    .filter((file) => !present.has(file));
  if (missing.length > 0) {
    const message = `Earlier nodes left nothing to go on from: ${missing.join(", ")}.`;
    throw coded(409, "ARTIFACTS_MISSING", message);
  }
  await goOn(store, runId, run.execution + 1, plan, caller, ports, steps[place]?.name);
  return runId;
}

export const readOnly = () => coded(409, "RUN_READ_ONLY", "Run is completed and read-only.");

/** Another execution of a run. Of several who begin the same one, each adds the same task. */
async function goOn(
  store: RunStore,
  runId: string,
  execution: number,
  plan: Plan,
  caller: Caller,
  ports: Ports,
  from?: NodeName,
): Promise<void> {
  const { runLeaseSeconds } = ports.settings;
  await describe(store, runId, plan, ports);
  const patch = resumed(execution, runLeaseSeconds, ports.now());
  const run = await updateRun(store, runId, patch, ports);
  if (run?.execution !== execution || run.is_final) return;
  await index(store, runId, ports);
  await enqueue(store, runId, execution, plan, caller, ports, from);
}

/** How long a launch may take, from run.json to the first task. */
const LAUNCH_SECONDS = 10;

/** Adds the first task of a run again whose launch was cut off before: one that exists is not added twice. */
async function nudge(
  store: RunStore,
  runId: string,
  plan: Plan,
  caller: Caller,
  ports: Ports,
): Promise<void> {
  const read = await readRun(store, runId);
  if (read === undefined || Object.keys(read.run.node_status).length > 0) return;
  const { run, generation } = read;
  const now = ports.now();
  if (run.is_final || now - Date.parse(run.updated_at ?? "") < LAUNCH_SECONDS * 1000) return;
  if ((await readEvents(store, runId, false)).length > 0) return;
  // Of all who find it cut off at once, one goes on, and the others believe that one.
  const begun = jsonContent({ ...run, updated_at: timestamp(now) });
  if ((await store.put(runPath(runId), begun, generation)) === undefined) return;
  await describe(store, runId, plan, ports);
  await index(store, runId, ports);
  await enqueue(store, runId, run.execution, plan, caller, ports);
}

/** Writes what the worker works on, and what the original's tools read. */
async function describe(store: RunStore, runId: string, plan: Plan, ports: Ports): Promise<void> {
  const { request, settings, payload } = plan;
  const { company, geography, pack, scope, value, horizon } = request;
  const runConfig = {
    run_id: runId,
    created_at: timestamp(ports.now()),
    legacy_mode: false,
    resume_from: null,
    generate_strategies: request.generate_strategies,
    user_params: { company, geography, pack, scope, value, horizon },
    settings,
    models: {
      llm_model: settings.llm_model,
      search_model: settings.search_model,
      summarizer_model: settings.summarizer_model,
      embed_model: settings.embed_model,
      image_model: settings.image_model,
    },
    retriever: {
      allow_web: settings.allow_web,
      sources_policy: settings.sources_policy,
      source_count: request.sources.length,
    },
    prompt_manifest_sha256: ports.settings.versions.promptManifestSha256,
  };
  // What is there already was written for the same signature.
  await Promise.all([
    store.put(requestPath(runId), jsonContent(request), NOTHING),
    store.put(inputsPath(runId), jsonContent(payload), NOTHING),
    store.put(runConfigPath(runId), jsonContent(runConfig), NOTHING),
  ]);
}

async function enqueue(
  store: RunStore,
  runId: string,
  execution: number,
  plan: Plan,
  caller: Caller,
  ports: Ports,
  from?: NodeName,
): Promise<void> {
  const steps = stepsOf({ generateStrategies: plan.request.generate_strategies });
  const done = nodeStatusOf(await readEvents(store, runId, false));
  const isDone = (name: NodeName): boolean =>
    ["OK", "SKIPPED", "HYDRATED"].includes(done[name]?.status ?? "");
  const node = from ?? (steps.find(({ name }) => !isDone(name)) ?? steps.at(-1))?.name ?? "charter";
  const purpose = { tenant: store.tenant, runId };
  const isSealed = isLive(plan.settings) && caller.llmKey !== undefined;
  await ports.tasks.addNode({
    tenant: store.tenant,
    run_id: runId,
    node,
    execution,
    ...(isSealed && { sealed_key: sealed(caller.llmKey, ports.settings.sealKey, purpose) }),
  });
}

function runOf(runId: string, plan: Plan, parent: string | undefined, ports: Ports): Run {
  const { request } = plan;
  const { company, horizon, value } = request;
  const geography = geographyOf(request);
  const label = labelOf({ company: company ?? value, geography, horizon }, runId);
  const { signature, payload } = plan;
  const { runLeaseSeconds: leaseSeconds } = ports.settings;
  return newRun({ runId, signature, payload, label, parent, leaseSeconds }, ports.now());
}

/** In the order of time, and never the same for two builds of one second. */
function newRunId({ now, newId }: Ports): string {
  return `${timestamp(now()).replaceAll(/\D/g, "").slice(0, 14)}-${newId().slice(0, 8)}`;
}

/** 202 while the run goes on, 200 when it has ended; `wait`: not before it has, or patience is at its end. */
async function answer(
  store: RunStore,
  { runId, reuse, signature }: Launch,
  wait: boolean,
  ports: Ports,
): Promise<Reply> {
  const { waitSeconds, waitPollSeconds } = ports.settings;
  const until = ports.now() + waitSeconds * 1000;
  let run = (await readRun(store, runId))?.run;
  while (wait && run?.is_final !== true && ports.now() < until) {
    await ports.wait(waitPollSeconds);
    run = (await readRun(store, runId))?.run;
  }
  const isFinal = run?.is_final === true;
  return {
    status: isFinal ? 200 : 202,
    body: {
      run_id: runId,
      artifacts: artifactLinks(store, runId, await listArtifacts(store, runId)),
      reused: reuse !== null,
      reuse_reason: reuse,
      existing_run_id: reuse === null ? null : runId,
      signature,
      status: run?.status ?? "RUNNING",
    },
    note: { run_id: runId, reuse },
  };
}
