import * as v from "valibot";
import { Id, Ids, Share, sentences, text } from "./text.ts";

const Points = v.pipe(v.number(), v.minValue(0), v.maxValue(100));
export const GradeLetter = v.picklist(["A", "B", "C", "D", "F"]);

const Trigger = v.strictObject({
  trigger_id: v.pipe(v.string(), v.maxLength(140)),
  description: text(600),
  recommended_action: v.picklist(["hedge", "switch", "adapt"]),
  signal_source: v.picklist(["internal", "external"]),
  threshold: text(200),
});
export type Trigger = v.InferOutput<typeof Trigger>;

export const Evaluation = v.strictObject({
  run_id: Id,
  strategy_id: Id,
  strategy_name: text(160),
  scenario_id: Id,
  scenario_name: text(160),
  outcome_label: text(80),
  score_0_100: Points,
  grade_letter: GradeLetter,
  confidence_0_1: Share,
  rationale_bullets: sentences(1, 6, 600),
  dominant_forces: Ids,
  failed_assumptions: sentences(0, 10),
  break_conditions_triggered: sentences(0, 60),
  kpi_projection: v.record(
    v.pipe(v.string(), v.maxLength(120)),
    v.strictObject({
      direction: v.picklist(["up", "flat", "down"]),
      est_range_if_any: v.null(),
      rationale: text(400),
    }),
  ),
  recommended_hardening_actions: sentences(0, 20),
  trigger_points: v.array(Trigger),
});
export type Evaluation = v.InferOutput<typeof Evaluation>;

const Named = { strategy_id: Id, strategy_name: text(160) };
const ScenarioIds = Ids;

const Ranked = v.strictObject({
  rank: v.number(),
  ...Named,
  overall_score: Points,
  min_score: Points,
  variance: v.number(),
  robustness_index: v.number(),
});
export type Ranked = v.InferOutput<typeof Ranked>;

export const Rankings = v.strictObject({
  overall: v.array(Ranked),
  per_scenario: v.array(
    v.strictObject({
      scenario_id: Id,
      scenario_name: text(160),
      top_strategy_id: Id,
      margin_vs_second: v.number(),
      rankings: v.array(
        v.strictObject({ ...Named, score_0_100: Points, grade_letter: GradeLetter }),
      ),
    }),
  ),
  scenario_fit: v.array(
    v.strictObject({
      ...Named,
      best_fit_scenarios: ScenarioIds,
      sensitive_scenarios: ScenarioIds,
      fail_scenarios: ScenarioIds,
    }),
  ),
});
export type Rankings = v.InferOutput<typeof Rankings>;

export const Recommendations = v.strictObject({
  primary_recommended_strategy: v.strictObject({ ...Named, rationale: text(400) }),
  conditional_recommendations: v.array(
    v.strictObject({ condition: text(300), ...Named, rationale: text(400) }),
  ),
  hardening_actions: sentences(0, 40),
  hedge_actions: sentences(0, 10),
  triggers_to_watch: v.array(Trigger),
});
export type Recommendations = v.InferOutput<typeof Recommendations>;

/** Every strategy in every scenario, graded. */
export const Evaluations = v.strictObject({
  run_id: Id,
  generated_at: v.pipe(v.string(), v.isoTimestamp()),
  evaluations: v.array(Evaluation),
  rankings: Rankings,
  recommendations: Recommendations,
});
export type Evaluations = v.InferOutput<typeof Evaluations>;
