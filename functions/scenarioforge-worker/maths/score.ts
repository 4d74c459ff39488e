import type { Evaluation } from "../../scenarios/artifacts/evaluations.ts";
import { clamped, rounded } from "./rounding.ts";

/** Outcome labels and the points between which each lies (scenarioforge contract, 6.1). */
export const BANDS: ReadonlyMap<string, readonly [low: number, high: number]> = new Map(
  Object.entries<readonly [number, number]>({
    "optimal success": [90, 100],
    "hegemonic success": [85, 95],
    "moderate success": [70, 84],
    "partial integration": [60, 74],
    "stalled growth": [45, 59],
    "inefficient dominance": [40, 55],
    "irrelevant strategy": [25, 45],
    "total strategic failure": [0, 20],
    inconclusive: [35, 65],
  }),
);
const INCONCLUSIVE = [35, 65] as const;

const CONFIDENCE_POINTS = 30;
const MAX_CONFIDENCE_SHIFT = 15;
const BREAK_POINTS = 20;
const MAX_BREAK_POINTS = 40;
const ASSUMPTION_POINTS = 5;
const MAX_ASSUMPTION_POINTS = 20;
const KPI_POINTS = 10;
const KPI_MIN_BASE = 70;

export interface Outcome {
  readonly label: string;
  /** 0 to 1; undefined counts as the middle of the band. */
  readonly rubric: number | undefined;
  /** 0 to 1. */
  readonly confidence: number;
  /** How many break conditions came about. */
  readonly breaks: number;
  /** How many assumptions failed. */
  readonly failedAssumptions: number;
  /** Whether the strategy can be measured. */
  readonly hasKpis: boolean;
}

/** 0 to 100, with one decimal. */
export function scoreOf(outcome: Outcome): number {
  const [low, high] = BANDS.get(outcome.label.trim().toLowerCase()) ?? INCONCLUSIVE;
  const base =
    outcome.rubric === undefined ? (low + high) / 2 : low + (high - low) * outcome.rubric;
  const shift = clamped(
    (outcome.confidence - 0.5) * CONFIDENCE_POINTS,
    -MAX_CONFIDENCE_SHIFT,
    MAX_CONFIDENCE_SHIFT,
  );
  const lost =
    Math.min(MAX_BREAK_POINTS, BREAK_POINTS * outcome.breaks) +
    Math.min(MAX_ASSUMPTION_POINTS, ASSUMPTION_POINTS * outcome.failedAssumptions);
  const gained = outcome.hasKpis && base >= KPI_MIN_BASE ? KPI_POINTS : 0;
  return rounded(clamped(base + shift - lost + gained, 0, 100), 1);
}

export function gradeOf(score: number): Evaluation["grade_letter"] {
  if (score >= 85) return "A";
  if (score >= 70) return "B";
  if (score >= 55) return "C";
  return score >= 40 ? "D" : "F";
}
