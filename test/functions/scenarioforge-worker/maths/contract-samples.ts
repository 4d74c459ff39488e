import type { Scenario } from "../../../../functions/scenarios/artifacts/scenarios.ts";
import type { Strategy } from "../../../../functions/scenarios/artifacts/strategies.ts";
import type { Test } from "../../../../functions/scenarios/artifacts/wind-tunnel.ts";

const told = {
  narrative: "Investment stalls and demand softens.",
  axis_states: { "axis-1": "Tight capital", "axis-2": "Weak demand" },
  signposts: ["Credit spreads widen"],
  implications: ["Cost control priority"],
  no_regret_moves: ["Reduce discretionary spend"],
  contingent_moves: ["Delay expansion"],
  evidence_touchpoints: { cluster_ids: ["cluster-1"], force_ids: ["force-1"] },
};

/** As in scenarioforge contract, 10.4 to 10.6. */
export const CONTRACT_SCENARIOS: readonly Scenario[] = [
  { scenario_id: "S1", name: "Tight/Weak", ...told },
  { scenario_id: "S2", name: "Loose/Weak", ...told },
  { scenario_id: "S3", name: "Tight/Strong", ...told },
  { scenario_id: "S4", name: "Loose/Strong", ...told },
];

export const CONTRACT_STRATEGIES: readonly Strategy[] = [
  {
    id: "st-1",
    name: "Invest in R&D",
    objective: "Innovate",
    actions: ["Build Lab"],
    kpis: ["Patents"],
  },
  {
    id: "st-2",
    name: "Lobbying",
    objective: "Influence",
    actions: ["Hire firm"],
    kpis: ["Meetings"],
  },
];

export const CONTRACT_TEST: Test = {
  id: "wt-t1",
  strategy_id: "st-1",
  scenario_id: "S1",
  outcome: "Resilient",
  action: "KEEP",
  feasibility_score: 0.9,
  rubric_score: 0.9,
  failure_modes: [],
  adaptations: [],
};
