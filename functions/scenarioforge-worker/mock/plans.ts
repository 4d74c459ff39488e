import type { Mock, Mocks } from "./mocks.ts";

const STRATEGIES = [
  {
    name: "Build the second site",
    objective: "Make the most important product in two places",
    actions: ["Choose a brownfield site", "Order the long-lead machines", "Hire the core team"],
    kpis: ["Share of output from the second site", "Weeks to restart after an outage"],
  },
  {
    name: "Sell outcomes",
    objective: "Earn more from running what was sold than from selling it",
    actions: ["Offer availability contracts to ten customers", "Train service partners"],
    kpis: ["Service revenue share", "Contract renewal rate"],
  },
  {
    name: "Buy a supplier",
    objective: "Own the one input that cannot be replaced",
    actions: ["List candidates with their owners", "Agree on a first refusal"],
    kpis: ["Share of critical inputs owned"],
  },
  {
    name: "Partner and wait",
    objective: "Keep capital free until the direction is clear",
    actions: ["Form a joint venture with a rival", "Set a date for the decision"],
    kpis: ["Cash in months of fixed costs"],
  },
  {
    name: "Electrify everything",
    objective: "Become independent of fuels before others do",
    actions: ["Replace burners line by line", "Sign a power purchase agreement"],
    kpis: ["Energy cost per unit", "Tonnes of carbon per unit"],
  },
] as const;

const OUTCOMES = [
  ["Total strategic failure", 12],
  ["Irrelevant strategy", 24],
  ["Stalled growth", 40],
  ["Inefficient dominance", 50],
  ["Partial integration", 68],
  ["Moderate success", 88],
  ["Optimal success", 100],
] as const;
const BAD = 24;

const BREAKS = [
  "The largest customer leaves within a year.",
  "The permit for the site is withdrawn.",
  "Interest doubles before the loan is drawn.",
] as const;
const COUNT = 4;

/** Strategies, and how they fare. */
export const plans: Pick<Mocks, "strategies" | "wind_tunnel" | "auditor"> = {
  strategies: ({ scenarios }, { brief, chance }) => ({
    strategies: chance
      .shuffled(STRATEGIES, "strategies")
      .slice(0, COUNT)
      .map(({ name, objective, actions, kpis }) => ({
        name,
        objective: `${objective}, so that ${brief.company} stays independent.`,
        actions: [...actions],
        kpis: [...kpis],
        fit: scenarios
          .slice(chance.below(Math.max(1, scenarios.length), "fit", name))
          .slice(0, 1)
          .map((scenario) => `Best in ${scenario.name}`),
      })),
  }),
  wind_tunnel: ({ pairs, assumptions }, mock) => ({
    tests: pairs.map((pair) => testOf(pair, assumptions, mock)),
    break_conditions: [...BREAKS],
    triggers: ["Two signposts of the same scenario are seen within a year."],
  }),
  auditor: ({ findings }) => ({
    summary: `${findings.length} findings were made by the checks of this run; the first is: ${findings[0]?.message ?? "none"}`,
    next_steps: ["Read the findings before the scenarios are used."],
  }),
};

function testOf(
  { strategy_id, scenario_id }: { readonly strategy_id: string; readonly scenario_id: string },
  assumptions: readonly string[],
  { chance }: Mock,
) {
  const about = [strategy_id, scenario_id] as const;
  const luck = chance.below(100, "outcome", ...about);
  const [outcome] = OUTCOMES.find(([, until]) => luck < until) ?? OUTCOMES[2];
  const part = (name: string): number => (45 + chance.below(50, name, ...about)) / 100;
  const isBad = luck < BAD;
  return {
    strategy_id,
    scenario_id,
    outcome,
    failure_modes: isBad
      ? [chance.pick(BREAKS, "break", ...about), ...assumptions.slice(0, 1)]
      : ["It takes longer than planned."],
    adaptations: isBad ? ["Stop after the first stage."] : ["Review once a year."],
    feasibility: part("feasibility"),
    relevance: part("relevance"),
    credibility: part("credibility"),
    recency: part("recency"),
    specificity: part("specificity"),
  };
}
