import { mean, rounded } from "./rounding.ts";

export interface Robustness {
  readonly overall_score: number;
  readonly min_score: number;
  readonly variance: number;
  /** 0.6 of the mean and 0.4 of the worst, less a tenth of the variance. */
  readonly robustness_index: number;
}

/** How a strategy fares over all scenarios (scenarioforge contract, 6.1). */
export function robustnessOf(scores: readonly number[]): Robustness {
  const average = mean(scores);
  const min = Math.min(...scores);
  const variance = mean(scores.map((score) => (score - average) ** 2));
  return {
    overall_score: rounded(average, 1),
    min_score: min,
    variance: rounded(variance, 2),
    robustness_index: rounded(0.6 * average + 0.4 * min - 0.1 * variance, 1),
  };
}
