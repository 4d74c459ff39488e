// What a run's page shows of its artifacts. Others write runs too, and runs of older pipelines look otherwise: what cannot
// be read is left out, never an error.
import * as v from "valibot";
import { isRecord } from "../../scenarios/json.ts";

const Text = v.fallback(v.string(), "");
const MaybeNumber = v.fallback(v.optional(v.number()), undefined);

/** The items of a list that look like that; the others are left out. */
function listOf<const Schema extends v.GenericSchema>(schema: Schema) {
  const items = (value: unknown): v.InferOutput<Schema>[] =>
    (Array.isArray(value) ? value : []).flatMap((each: unknown) => {
      const read = v.safeParse(schema, each);
      return read.success ? [read.output] : [];
    });
  // Stands for what is missing as well.
  return v.fallback(v.pipe(v.unknown(), v.transform(items)), []);
}

/** An object that looks like that, or one of which nothing is known. */
function objectOf<const Entries extends v.ObjectEntries>(entries: Entries) {
  const schema = v.object(entries);
  const read = v.pipe(
    v.unknown(),
    v.transform((value) => (isRecord(value) ? value : {})),
    schema,
  );
  return v.fallback(read, () => v.parse(schema, {}));
}

const Texts = listOf(v.pipe(v.string(), v.nonEmpty()));

const Force = v.object({
  force_id: v.string(),
  label: v.fallback(v.string(), ""),
  domain: Text,
  layer: Text,
  mechanism: Text,
  directionality: Text,
  confidence: MaybeNumber,
  evidence_unit_ids: Texts,
});
export type Force = v.InferOutput<typeof Force>;

const RankedForce = v.object({
  force_id: v.string(),
  ebe_score: v.number(),
  E_emergence: MaybeNumber,
  B_business_impact: MaybeNumber,
  E_evidence_strength: MaybeNumber,
});

const Axis = v.object({
  axis_id: v.string(),
  axis_name: Text,
  pole_a: Text,
  pole_b: Text,
  impact_score: MaybeNumber,
  uncertainty_score: MaybeNumber,
  what_would_change_mind: Texts,
});
export type Axis = v.InferOutput<typeof Axis>;

const Scenario = v.object({
  scenario_id: v.string(),
  name: Text,
  narrative: Text,
  axis_states: v.fallback(v.record(v.string(), v.fallback(v.string(), "")), {}),
  signposts: Texts,
  implications: Texts,
  no_regret_moves: Texts,
  contingent_moves: Texts,
  story_text: Text,
  image_artifact_path: Text,
});
export type Scenario = v.InferOutput<typeof Scenario>;

const Strategy = v.object({
  id: v.string(),
  name: Text,
  objective: Text,
  actions: Texts,
  kpis: Texts,
  risks: Texts,
});
export type Strategy = v.InferOutput<typeof Strategy>;

const Trigger = v.object({
  trigger_id: Text,
  description: Text,
  recommended_action: Text,
  signal_source: Text,
  threshold: Text,
});

const Evaluation = v.object({
  strategy_id: v.string(),
  strategy_name: Text,
  scenario_id: v.string(),
  scenario_name: Text,
  outcome_label: Text,
  score_0_100: v.number(),
  grade_letter: Text,
  confidence_0_1: MaybeNumber,
  rationale_bullets: Texts,
  dominant_forces: Texts,
  failed_assumptions: Texts,
  break_conditions_triggered: Texts,
});
export type Evaluation = v.InferOutput<typeof Evaluation>;

const Ranked = v.object({
  rank: v.number(),
  strategy_id: v.string(),
  strategy_name: Text,
  overall_score: v.number(),
  min_score: v.number(),
  variance: MaybeNumber,
  robustness_index: v.number(),
});
export type Ranked = v.InferOutput<typeof Ranked>;

const Recommended = v.object({ strategy_id: Text, strategy_name: Text, rationale: Text });

const Evaluations = objectOf({
  evaluations: listOf(Evaluation),
  rankings: objectOf({ overall: listOf(Ranked) }),
  recommendations: objectOf({
    primary_recommended_strategy: v.fallback(v.optional(Recommended), undefined),
    conditional_recommendations: listOf(
      v.object({ condition: Text, strategy_name: Text, rationale: Text }),
    ),
    hardening_actions: Texts,
    hedge_actions: Texts,
    triggers_to_watch: listOf(Trigger),
  }),
});

const Report = objectOf({
  charter: objectOf({
    title: Text,
    purpose: Text,
    decision_context: Text,
    scope: Text,
    time_horizon: Text,
    assumptions: Texts,
    constraints: Texts,
    stakeholders: Texts,
    success_criteria: Texts,
  }),
  focal_issue: objectOf({
    focal_issue: Text,
    decision_type: Text,
    success_criteria: Text,
    exclusions: Texts,
    scope: objectOf({ geography: Text, sectors: Texts, time_horizon_months: MaybeNumber }),
  }),
  company_profile: objectOf({
    company_name: Text,
    geography: Text,
    horizon_months: MaybeNumber,
    industry: Text,
    simulated: v.fallback(v.optional(v.boolean()), undefined),
    annual_report_summary: Text,
    annual_report_source: Text,
    key_risks: Texts,
    strategic_priorities: Texts,
    source_basis: objectOf({ urls: Texts }),
  }),
  retrieval_report: objectOf({
    counts: objectOf({
      ok: MaybeNumber,
      partial: MaybeNumber,
      failed: MaybeNumber,
      total: MaybeNumber,
    }),
  }),
  forces: listOf(Force),
  forces_ranked: objectOf({ forces: listOf(RankedForce) }),
  clusters: listOf(v.object({ cluster_id: v.string(), cluster_label: Text, force_ids: Texts })),
  uncertainty_axes: listOf(Axis),
  scenarios: listOf(Scenario),
  strategies: listOf(Strategy),
  wind_tunnel: objectOf({ break_conditions: Texts }),
  wind_tunnel_evaluations_v2: Evaluations,
});
export type Report = v.InferOutput<typeof Report>;

/** Takes a sentence in which forces stand by their ids, and gives it with their names in place of these. */
export function forceNamer({ forces }: Report): (text: string) => string {
  const names = new Map(forces.map(({ force_id: id, label }) => [id, label]));
  return (text) =>
    text.replaceAll(/'?\b(force-\d+)\b'?/g, (whole, id: string) => {
      const name = names.get(id);
      return name === undefined ? whole : `“${name}”`;
    });
}

/** Of a view model, or of as much of one as there is by now. */
export function reportOf(viewModel: unknown): Report {
  return v.parse(Report, viewModel);
}
