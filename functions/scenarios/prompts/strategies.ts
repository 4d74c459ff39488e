import { StrategiesAnswer } from "../artifacts/strategies.ts";
import type { Question } from "./question.ts";

export const strategies: Question<"strategies"> = {
  answer: StrategiesAnswer,
  prompt: `Write three to five strategies that answer the focal issue in different ways.
Each has an objective, actions that somebody could begin this year, and at least one KPI that can be measured.
At least one strategy holds up in the worst scenario, and at least one is a bet on the best.`,
};
