import * as v from "valibot";
import { Belonging } from "./metadata.ts";
import { Id, Share, sentences, text } from "./text.ts";

/** A part of 1; one of 1 to 100 is taken as a percentage. */
const Part = v.pipe(
  v.number(),
  v.minValue(0),
  v.maxValue(100),
  v.transform((part) => (part > 1 ? part / 100 : part)),
);

const TestAnswer = v.object({
  strategy_id: Id,
  scenario_id: Id,
  outcome: text(80),
  failure_modes: sentences(0, 8),
  adaptations: sentences(0, 8),
  feasibility: Part,
  relevance: Part,
  credibility: Part,
  recency: Part,
  specificity: Part,
});
export type TestAnswer = v.InferOutput<typeof TestAnswer>;

/** How some strategies fare in some scenarios. */
export const WindTunnelAnswer = v.object({
  tests: v.pipe(v.array(TestAnswer), v.minLength(1), v.maxLength(16)),
  break_conditions: sentences(0, 8),
  triggers: sentences(0, 8),
});
export type WindTunnelAnswer = v.InferOutput<typeof WindTunnelAnswer>;

export const Test = v.strictObject({
  id: Id,
  strategy_id: Id,
  scenario_id: Id,
  outcome: text(80),
  failure_modes: sentences(0, 8),
  adaptations: sentences(0, 8),
  feasibility_score: Share,
  rubric_score: Share,
  action: v.picklist(["KEEP", "MODIFY", "HEDGE", "DROP"]),
});
export type Test = v.InferOutput<typeof Test>;

export const WindTunnel = v.strictObject({
  ...Belonging,
  id: Id,
  title: text(200),
  robustness_score: Share,
  break_conditions: sentences(0, 60),
  triggers: sentences(0, 60),
  matrix: v.array(
    v.strictObject({
      strategy_id: Id,
      scenario_id: Id,
      outcome: text(80),
      robustness_score: Share,
    }),
  ),
  tests: v.array(Test),
});
export type WindTunnel = v.InferOutput<typeof WindTunnel>;
