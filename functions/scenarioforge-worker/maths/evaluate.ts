import type { Evaluation, Trigger } from "../../scenarios/artifacts/evaluations.ts";
import type { Scenario } from "../../scenarios/artifacts/scenarios.ts";
import type { Strategy } from "../../scenarios/artifacts/strategies.ts";
import type { Test, WindTunnel } from "../../scenarios/artifacts/wind-tunnel.ts";
import { gradeOf, scoreOf } from "./score.ts";

interface Tested {
  readonly runId: string;
  readonly strategies: readonly Strategy[];
  readonly scenarios: readonly Scenario[];
  readonly windTunnel: Pick<WindTunnel, "tests" | "break_conditions">;
  /** What the charter takes for granted. */
  readonly assumptions: readonly string[];
}

const UNKNOWN_CONFIDENCE = 0.5;
const DOMINANT_FORCES = 3;

/** Every strategy in every scenario, whether or not the pair was tested (scenarioforge contract, 6.1). */
export function evaluate(tested: Tested): Evaluation[] {
  const testOf = new Map(
    tested.windTunnel.tests.map((test) => [`${test.strategy_id} ${test.scenario_id}`, test]),
  );
  return tested.strategies.flatMap((strategy) =>
    tested.scenarios.map((scenario) =>
      evaluationOf(
        strategy,
        scenario,
        testOf.get(`${strategy.id} ${scenario.scenario_id}`),
        tested,
      ),
    ),
  );
}

function evaluationOf(
  strategy: Strategy,
  scenario: Scenario,
  test: Test | undefined,
  { runId, windTunnel, assumptions }: Tested,
): Evaluation {
  const label = test?.outcome ?? "INCONCLUSIVE";
  const confidence = test?.feasibility_score ?? UNKNOWN_CONFIDENCE;
  const modes = (test?.failure_modes ?? []).map(plain);
  const cameAbout = (condition: string): boolean => modes.includes(plain(condition));
  const breaks = windTunnel.break_conditions.filter(cameAbout);
  const failed = assumptions.filter(cameAbout);
  const score = scoreOf({
    label,
    rubric: test?.rubric_score,
    confidence,
    breaks: breaks.length,
    failedAssumptions: failed.length,
    hasKpis: strategy.kpis.length > 0,
  });
  const forces = scenario.evidence_touchpoints.force_ids.slice(0, DOMINANT_FORCES);
  const direction = score >= 70 ? "up" : score < 40 ? "down" : "flat";
  return {
    run_id: runId,
    strategy_id: strategy.id,
    strategy_name: strategy.name,
    scenario_id: scenario.scenario_id,
    scenario_name: scenario.name,
    outcome_label: label,
    score_0_100: score,
    grade_letter: gradeOf(score),
    confidence_0_1: confidence,
    rationale_bullets: [
      `Outcome '${label}' with score ${Math.round(score)}/100 and confidence ${confidence.toFixed(2)}.`,
      ...(forces.length > 0 ? [`Dominant forces: ${forces.join(", ")}.`] : []),
      ...breaks.slice(0, 2).map((condition) => `It breaks here: ${condition}`),
      failed.length > 0
        ? `Assumption that fails: ${failed[0] ?? ""}`
        : "No assumption of the charter fails.",
    ],
    dominant_forces: forces,
    failed_assumptions: failed,
    break_conditions_triggered: breaks,
    kpi_projection: Object.fromEntries(
      strategy.kpis.map((kpi) => [
        kpi,
        {
          direction,
          est_range_if_any: null,
          rationale: `Outcome '${label}' implies KPI trend ${direction}.`,
        },
      ]),
    ),
    recommended_hardening_actions: hardening(test),
    trigger_points: triggersOf(strategy, forces, direction),
  };
}

/** Sentences are the same whatever their case, spaces and full stop. */
function plain(sentence: string): string {
  return sentence
    .toLowerCase()
    .replace(/\s+/g, " ")
    .replace(/[.!\s]+$/, "");
}

function hardening(test: Test | undefined): string[] {
  const usual = [
    "Add leading KPI monitoring for early warning.",
    "Stress-test critical dependencies quarterly.",
  ];
  return [...new Set([...(test?.adaptations ?? []), ...usual])];
}

function triggersOf(
  strategy: Strategy,
  forces: readonly string[],
  direction: "up" | "flat" | "down",
): Trigger[] {
  const [force] = forces;
  const [kpi] = strategy.kpis;
  return [
    ...(force === undefined
      ? []
      : [
          {
            trigger_id: `${strategy.id}-${force}`,
            description: `Force '${force}' shifts materially.`,
            recommended_action: direction === "down" ? ("switch" as const) : ("hedge" as const),
            signal_source: "external" as const,
            threshold: "sustained 2+ sigma move in indicators",
          },
        ]),
    ...(kpi === undefined
      ? []
      : [
          {
            trigger_id: `${strategy.id}-kpi-1`,
            description: `KPI '${kpi}' underperforms.`,
            recommended_action: "adapt" as const,
            signal_source: "internal" as const,
            threshold: "2 consecutive periods below target",
          },
        ]),
  ];
}
