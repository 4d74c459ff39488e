import * as v from "valibot";
import { NODE_NAMES, type NodeName } from "../messages/scenario-names.ts";

/** One node, as its events name it (scenarioforge contract, 6.1). */
export interface Step {
  readonly name: NodeName;
  readonly inputs: readonly string[];
  /** Artifacts, by file name. */
  readonly outputs: readonly string[];
}

const STEPS: Readonly<Record<NodeName, Omit<Step, "name">>> = {
  charter: { inputs: ["user_params"], outputs: ["charter.json"] },
  focal_issue: { inputs: ["charter.json"], outputs: ["focal_issue.json"] },
  company_profile: { inputs: ["user_params", "sources"], outputs: ["company_profile.json"] },
  ingest_docs: { inputs: ["input_docs"], outputs: ["evidence_units_uploads.json"] },
  retrieval_real: {
    inputs: ["sources", "focal_issue.json"],
    outputs: ["evidence_units.json", "retrieval_report.json"],
  },
  forces: { inputs: ["evidence_units.json"], outputs: ["forces.json"] },
  ebe_rank: { inputs: ["forces.json", "evidence_units.json"], outputs: ["forces_ranked.json"] },
  clusters: { inputs: ["forces.json"], outputs: ["clusters.json"] },
  uncertainty_axes: {
    inputs: ["clusters.json", "forces.json"],
    outputs: ["uncertainty_axes.json"],
  },
  scenarios: { inputs: ["uncertainty_axes.json", "clusters.json"], outputs: ["scenarios.json"] },
  scenario_media: { inputs: ["scenarios.json"], outputs: ["scenarios_enriched.json"] },
  strategies: { inputs: ["scenarios_enriched.json"], outputs: ["strategies.json"] },
  wind_tunnel: {
    inputs: ["strategies.json", "scenarios_enriched.json"],
    outputs: ["wind_tunnel.json", "wind_tunnel_evaluations_v2.json"],
  },
  auditor: { inputs: ["artifacts/*"], outputs: ["audit_report.json"] },
};

/** What `generate_strategies: false` leaves out. */
const STRATEGIC: readonly NodeName[] = ["strategies", "wind_tunnel"];

/** The nodes of a run, in order. */
export function stepsOf({
  generateStrategies,
}: {
  readonly generateStrategies: boolean;
}): readonly Step[] {
  return NODE_NAMES.filter((name) => generateStrategies || !STRATEGIC.includes(name)).map(
    (name) => ({ name, ...STEPS[name] }),
  );
}

const Whole = v.pipe(v.number(), v.integer(), v.minValue(0));

/** The last attempt of a node. */
export const NodeStatus = v.looseObject({
  status: v.string(),
  attempt: v.optional(Whole, 1),
  updated_at: v.optional(v.string(), ""),
  duration_seconds: v.optional(v.number(), 0),
  error: v.nullish(v.string()),
});
export type NodeStatus = v.InferOutput<typeof NodeStatus>;

/**
 * run.json: the one truth about a run (contract, 2.2). Everything may be absent when it is read, since others write it
 * too; what is not known here is kept.
 */
export const Run = v.looseObject({
  run_id: v.nullish(v.string()),
  /** RUNNING, COMPLETED, COMPLETED_WITH_WARNINGS or FAILED; others write others (contract, 2.2). */
  status: v.optional(v.string()),
  is_final: v.nullish(v.boolean(), false),
  created_at: v.nullish(v.string()),
  updated_at: v.nullish(v.string()),
  completed_at: v.nullish(v.string()),
  node_status: v.nullish(v.record(v.string(), NodeStatus), {}),
  signature: v.nullish(v.string()),
  signature_payload: v.nullish(v.record(v.string(), v.unknown())),
  parent_run_id: v.nullish(v.string()),
  is_deleted: v.nullish(v.boolean(), false),
  deleted_at: v.nullish(v.string()),
  deleted_by: v.nullish(v.string()),
  warnings: v.nullish(v.record(v.string(), v.unknown())),
  /** `<company> | SP<months> | <geography>`, so that a list reads no artifact. */
  label: v.nullish(v.string()),
  /** Why a run failed, in words, where it was no node. */
  error: v.nullish(v.string()),
  /** How often it was set going. See ScenarioNode. */
  execution: v.nullish(Whole, 0),
  /** Until when a running run is believed to be alive without another sign. */
  lease_expires_at: v.nullish(v.string()),
});
export type Run = v.InferOutput<typeof Run>;

/** The rows of events.jsonl (contract, 2.3). */
export const NodeEvent = v.looseObject({
  timestamp: v.string(),
  node: v.string(),
  status: v.picklist(["RUNNING", "OK", "FAIL", "SKIPPED", "HYDRATED"]),
  attempt: Whole,
  inputs: v.optional(v.array(v.string()), []),
  outputs: v.optional(v.array(v.string()), []),
  tools: v.optional(v.array(v.string()), []),
  schema_validated: v.optional(v.boolean(), false),
  duration_seconds: v.optional(v.number(), 0),
  error: v.optional(v.string()),
  /** Of the run, as in run.json. Absent: the first. */
  execution: v.optional(Whole),
  /** What an attempt cost. Absent where it asked no model. */
  usage: v.optional(v.object({ requests: Whole, tokens: Whole })),
});
export type NodeEvent = v.InferOutput<typeof NodeEvent>;

/** The rows of normalization.jsonl: what a node repaired in what a model answered. */
export const Normalization = v.object({
  node: v.string(),
  operation: v.string(),
  details: v.optional(v.record(v.string(), v.unknown())),
});
export type Normalization = v.InferOutput<typeof Normalization>;
