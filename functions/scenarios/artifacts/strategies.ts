import * as v from "valibot";
import { Belonging } from "./metadata.ts";
import { Id, sentences, text } from "./text.ts";

const StrategyAnswer = v.object({
  name: text(160),
  objective: text(600),
  actions: sentences(1, 10),
  kpis: sentences(1, 8, 120),
  owners: v.optional(sentences(0, 6, 120)),
  dependencies: v.optional(sentences(0, 8)),
  risks: v.optional(sentences(0, 8)),
  fit: v.optional(sentences(0, 8)),
});

export const StrategiesAnswer = v.object({
  strategies: v.pipe(v.array(StrategyAnswer), v.minLength(2), v.maxLength(8)),
});
export type StrategiesAnswer = v.InferOutput<typeof StrategiesAnswer>;

export const Strategy = v.strictObject({ id: Id, ...StrategyAnswer.entries });
export type Strategy = v.InferOutput<typeof Strategy>;

export const Strategies = v.strictObject({
  ...Belonging,
  strategies: v.pipe(v.array(Strategy), v.minLength(1)),
});
export type Strategies = v.InferOutput<typeof Strategies>;
