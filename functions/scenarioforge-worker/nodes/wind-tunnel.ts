import type { Evaluations } from "../../scenarios/artifacts/evaluations.ts";
import type { Test, TestAnswer } from "../../scenarios/artifacts/wind-tunnel.ts";
import { belonging } from "../brief.ts";
import { NodeFailure } from "../failure.ts";
import { evaluate } from "../maths/evaluate.ts";
import { rank, recommend } from "../maths/rank.ts";
import { mean, rounded } from "../maths/rounding.ts";
import { actionOf, rubricScore } from "../maths/rubric.ts";
import { BANDS } from "../maths/score.ts";
import type { Node } from "./node.ts";

const PAIRS_PER_QUESTION = 8;

/** How every strategy fares in every scenario. */
export const windTunnel: Node = {
  name: "wind_tunnel",
  usesModel: true,
  make: async ({ brief, read, ask, note }) => {
    const { strategies } = await read("strategies");
    const { scenarios } = await read("scenarios_enriched");
    const { assumptions } = await read("scenario_charter");
    const pairs = strategies.flatMap(({ id }) =>
      scenarios.map(({ scenario_id }) => ({ strategy_id: id, scenario_id })),
    );
    const tests: Test[] = [];
    const breaks = new Set<string>();
    const triggers = new Set<string>();
    for (let at = 0; at < pairs.length; at += PAIRS_PER_QUESTION) {
      const asked = pairs.slice(at, at + PAIRS_PER_QUESTION);
      const askedStrategies = new Set(asked.map(({ strategy_id }) => strategy_id));
      const askedScenarios = new Set(asked.map(({ scenario_id }) => scenario_id));
      const answer = await ask(
        "wind_tunnel",
        {
          pairs: asked,
          strategies: strategies.filter(({ id }) => askedStrategies.has(id)),
          scenarios: scenarios.filter(({ scenario_id }) => askedScenarios.has(scenario_id)),
          assumptions,
          outcomes: [...BANDS.keys()],
        },
        (given) =>
          asked
            .filter((pair) => !given.tests.some((test) => isOf(pair, test)))
            .map((pair) => `${pair.strategy_id} in ${pair.scenario_id} is not judged.`),
      );
      for (const condition of answer.break_conditions) breaks.add(condition);
      for (const trigger of answer.triggers) triggers.add(trigger);
      for (const pair of asked) {
        const judged = answer.tests.find((test) => isOf(pair, test));
        if (judged !== undefined) tests.push(testOf(judged, tests.length + 1));
      }
    }
    for (const test of tests.filter(({ action, rubric_score: score }) =>
      wasDowngraded(action, score),
    )) {
      note("keep_action_downgraded", { test: test.id, action: test.action });
    }
    const tunnel = {
      ...belonging(brief),
      id: "wt-1",
      title: "Wind Tunnel",
      robustness_score: rounded(mean(tests.map(({ rubric_score }) => rubric_score)), 4),
      break_conditions: [...breaks].slice(0, 60),
      triggers: [...triggers].slice(0, 60),
      matrix: tests.map(({ strategy_id, scenario_id, outcome, rubric_score }) => ({
        strategy_id,
        scenario_id,
        outcome,
        robustness_score: rubric_score,
      })),
      tests,
    };
    const evaluations = evaluate({
      runId: brief.runId,
      strategies,
      scenarios,
      windTunnel: tunnel,
      assumptions,
    });
    const rankings = rank(evaluations, strategies, scenarios);
    const recommendations = recommend(evaluations, rankings);
    if (recommendations === undefined) {
      throw new NodeFailure("There is no strategy to recommend.", { isFinal: true });
    }
    const evaluated: Evaluations = {
      run_id: brief.runId,
      generated_at: brief.createdAt,
      evaluations,
      rankings,
      recommendations,
    };
    return { artifacts: { wind_tunnel: tunnel, wind_tunnel_evaluations_v2: evaluated } };
  },
};

interface Pair {
  readonly strategy_id: string;
  readonly scenario_id: string;
}

function isOf(pair: Pair, test: Pair): boolean {
  return pair.strategy_id === test.strategy_id && pair.scenario_id === test.scenario_id;
}

function testOf(judged: TestAnswer, number: number): Test {
  const rubric = rubricScore(judged);
  const { strategy_id, scenario_id, outcome, failure_modes, adaptations, feasibility } = judged;
  return {
    id: `wt-t${number}`,
    strategy_id,
    scenario_id,
    outcome,
    failure_modes,
    adaptations,
    feasibility_score: feasibility,
    rubric_score: rubric,
    action: actionOf(rubric, feasibility),
  };
}

function wasDowngraded(action: Test["action"], rubric: number): boolean {
  return action !== "KEEP" && actionOf(rubric, 1) === "KEEP";
}
