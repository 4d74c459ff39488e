// The one document that pages show (scenarioforge contract, 2.9).
import { artifactPath, runConfigPath } from "./paths.ts";
import { isRecord, parsedJson } from "./json.ts";
import type { RunStore } from "./run-store.ts";

export const VIEW_MODEL = "view_model.json";

/** Slots that are one object or nothing, by artifact. */
const OBJECTS: Readonly<Record<string, readonly string[]>> = {
  charter: ["scenario_charter", "charter"],
  focal_issue: ["focal_issue"],
  company_profile: ["company_profile"],
  prompt_manifest: ["prompt_manifest"],
  forces_ranked: ["forces_ranked"],
  washout_report: ["washout_report"],
  retrieval_report: ["retrieval_report"],
  wind_tunnel: ["wind_tunnel"],
  wind_tunnel_evaluations_v2: ["wind_tunnel_evaluations_v2"],
};

/** Slots that are lists: the artifacts that may hold it, and the member that it is of them. */
const LISTS: Readonly<
  Record<string, { readonly from: readonly string[]; readonly member: string }>
> = {
  driving_forces: { from: ["driving_forces"], member: "forces" },
  forces: { from: ["forces"], member: "forces" },
  clusters: { from: ["clusters"], member: "clusters" },
  evidence_units: { from: ["evidence_units"], member: "evidence_units" },
  belief_sets: { from: ["belief_sets"], member: "belief_sets" },
  effects: { from: ["effects"], member: "effects" },
  drivers: { from: ["drivers"], member: "drivers" },
  uncertainties: { from: ["uncertainties"], member: "uncertainties" },
  uncertainty_axes: { from: ["uncertainty_axes"], member: "axes" },
  scenarios: {
    from: ["scenarios_enriched", "scenarios", "skeletons", "logic"],
    member: "scenarios",
  },
  strategies: { from: ["strategies"], member: "strategies" },
  ewis: { from: ["ewi"], member: "indicators" },
};

/** Artifacts that the pipeline makes; the others are of older ones, and are not asked for. */
const MADE: ReadonlySet<string> = new Set([
  "scenario_charter",
  "charter",
  "focal_issue",
  "company_profile",
  "prompt_manifest",
  "forces_ranked",
  "retrieval_report",
  "wind_tunnel",
  "wind_tunnel_evaluations_v2",
  "forces",
  "clusters",
  "evidence_units",
  "uncertainty_axes",
  "scenarios_enriched",
  "scenarios",
  "strategies",
]);

/** Of the artifacts that are there by now, without run_meta, which belongs to the moment of reading. */
export async function makeViewModel(
  store: RunStore,
  runId: string,
  present: readonly string[],
): Promise<Record<string, unknown>> {
  const names = present
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .filter((name) => MADE.has(name));
  const read = await Promise.all(
    names.map(
      async (name) => [name, await readJson(store, artifactPath(runId, `${name}.json`))] as const,
    ),
  );
  const artifacts = new Map(read);
  const first = (from: readonly string[]): unknown =>
    from.map((name) => artifacts.get(name)).find((value) => value !== undefined);
  const objects = Object.entries(OBJECTS).map(([slot, from]) => [slot, first(from) ?? null]);
  const lists = Object.entries(LISTS).map(([slot, { from, member }]) => [
    slot,
    listIn(first(from), member),
  ]);
  return {
    ...Object.fromEntries(objects),
    ...Object.fromEntries(lists),
    drivers_by_domain: {},
    scenario_logic: {},
    narratives: [],
    daily_brief_md: null,
  } as Record<string, unknown>;
}

/** The view model as it is shown: run.json is the one truth about the run, whatever was true when it was written. */
export function withRunMeta(
  viewModel: Readonly<Record<string, unknown>>,
  runId: string,
  run: Readonly<Record<string, unknown>>,
  runConfig: unknown,
): Record<string, unknown> {
  const meta = { ...run, run_id: runId, status: run.status ?? "unknown" };
  return { ...viewModel, run_meta: { ...meta, run_config: runConfig ?? {} } };
}

export function readRunConfig(store: RunStore, runId: string): Promise<unknown> {
  return readJson(store, runConfigPath(runId));
}

/** Undefined where there is none, or no JSON. */
export async function readJson(store: RunStore, path: string): Promise<unknown> {
  const stored = await store.get(path);
  return stored === undefined ? undefined : parsedJson(stored.bytes);
}

function listIn(value: unknown, member: string): unknown[] {
  if (Array.isArray(value)) return value;
  const list = isRecord(value) ? value[member] : undefined;
  return Array.isArray(list) ? list : [];
}
