import type {
  Evaluation,
  Rankings,
  Recommendations,
} from "../../scenarios/artifacts/evaluations.ts";
import type { Scenario } from "../../scenarios/artifacts/scenarios.ts";
import type { Strategy } from "../../scenarios/artifacts/strategies.ts";
import { rounded } from "./rounding.ts";
import { robustnessOf } from "./robustness.ts";

const BEST_FIT = 70;
const FAIL = 40;
/** So much below its own best, a strategy is sensitive to the scenario. */
const SENSITIVE_DROP = 20;
const TRIGGERS = 5;
const HEDGES = 2;

/** Strategies over all scenarios, and within each. Equal ones keep their order. */
export function rank(
  evaluations: readonly Evaluation[],
  strategies: readonly Strategy[],
  scenarios: readonly Scenario[],
): Rankings {
  const of = (strategy: Strategy) =>
    evaluations.filter(({ strategy_id }) => strategy_id === strategy.id);
  const overall = strategies
    .map((strategy) => ({
      strategy_id: strategy.id,
      strategy_name: strategy.name,
      ...robustnessOf(of(strategy).map(({ score_0_100 }) => score_0_100)),
    }))
    .sort((a, b) => b.robustness_index - a.robustness_index)
    .map((each, index) => ({ rank: index + 1, ...each }));
  return {
    overall,
    per_scenario: scenarios.flatMap((scenario) => {
      const rankings = evaluations
        .filter(({ scenario_id }) => scenario_id === scenario.scenario_id)
        .sort((a, b) => b.score_0_100 - a.score_0_100);
      const [first, second] = rankings;
      if (first === undefined) return [];
      return {
        scenario_id: scenario.scenario_id,
        scenario_name: scenario.name,
        top_strategy_id: first.strategy_id,
        margin_vs_second: rounded(first.score_0_100 - (second?.score_0_100 ?? 0), 1),
        rankings: rankings.map(({ strategy_id, strategy_name, score_0_100, grade_letter }) => ({
          strategy_id,
          strategy_name,
          score_0_100,
          grade_letter,
        })),
      };
    }),
    scenario_fit: strategies.map((strategy) => fitOf(strategy, of(strategy))),
  };
}

function fitOf(
  { id, name }: Strategy,
  evaluations: readonly Evaluation[],
): Rankings["scenario_fit"][number] {
  const best = Math.max(...evaluations.map(({ score_0_100 }) => score_0_100));
  const where = (fits: (score: number) => boolean): string[] =>
    evaluations.filter(({ score_0_100 }) => fits(score_0_100)).map((each) => each.scenario_id);
  return {
    strategy_id: id,
    strategy_name: name,
    best_fit_scenarios: where((score) => score >= BEST_FIT),
    sensitive_scenarios: where((score) => score >= FAIL && score <= best - SENSITIVE_DROP),
    fail_scenarios: where((score) => score < FAIL),
  };
}

/** The most robust strategy, what to hold beside it, and what to watch. Undefined where there is no strategy. */
export function recommend(
  evaluations: readonly Evaluation[],
  { overall, per_scenario }: Rankings,
): Recommendations | undefined {
  const [primary, ...others] = overall;
  if (primary === undefined) return undefined;
  const own = evaluations.filter(({ strategy_id }) => strategy_id === primary.strategy_id);
  const triggers = new Map(
    own.flatMap(({ trigger_points }) => trigger_points.map((each) => [each.trigger_id, each])),
  );
  return {
    primary_recommended_strategy: {
      strategy_id: primary.strategy_id,
      strategy_name: primary.strategy_name,
      rationale: `Best robustness index ${primary.robustness_index.toFixed(1)} with overall score ${primary.overall_score.toFixed(1)} and min score ${primary.min_score.toFixed(1)}.`,
    },
    conditional_recommendations: per_scenario.flatMap((scenario) => {
      const [top] = scenario.rankings;
      if (top === undefined || top.strategy_id === primary.strategy_id) return [];
      return {
        condition: `If scenario '${scenario.scenario_name}' signals dominate`,
        strategy_id: top.strategy_id,
        strategy_name: top.strategy_name,
        rationale: `Top score ${top.score_0_100.toFixed(1)} for this scenario.`,
      };
    }),
    hardening_actions: [
      ...new Set(own.flatMap(({ recommended_hardening_actions: actions }) => actions)),
    ].slice(0, 10),
    hedge_actions: others
      .slice(0, HEDGES)
      .map(({ strategy_name }) => `Keep option on ${strategy_name} for downside coverage.`),
    triggers_to_watch: [...triggers.values()].slice(0, TRIGGERS),
  };
}
