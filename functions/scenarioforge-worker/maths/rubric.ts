import type { Test, TestAnswer } from "../../scenarios/artifacts/wind-tunnel.ts";
import { rounded } from "./rounding.ts";

const WEIGHTS = { relevance: 0.3, credibility: 0.3, recency: 0.2, specificity: 0.2 };
const KEEP = 0.75;
const MODIFY = 0.55;
const HEDGE = 0.35;
/** Nobody keeps as it is what can hardly be done. */
const MIN_FEASIBILITY = 0.6;

/** 0 to 1. */
export function rubricScore(parts: Pick<TestAnswer, keyof typeof WEIGHTS>): number {
  const score =
    WEIGHTS.relevance * parts.relevance +
    WEIGHTS.credibility * parts.credibility +
    WEIGHTS.recency * parts.recency +
    WEIGHTS.specificity * parts.specificity;
  return rounded(score, 4);
}

/** What to do with a strategy in a scenario (scenarioforge contract, 6.1). */
export function actionOf(rubric: number, feasibility: number): Test["action"] {
  if (rubric < HEDGE) return "DROP";
  if (rubric < MODIFY) return "HEDGE";
  if (rubric < KEEP) return "MODIFY";
  if (feasibility >= MIN_FEASIBILITY) return "KEEP";
  return feasibility >= HEDGE ? "MODIFY" : "HEDGE";
}
