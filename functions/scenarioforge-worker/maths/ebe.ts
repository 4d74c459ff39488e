import type { Grade } from "../../scenarios/artifacts/evidence.ts";
import { DOMAINS, LAYERS } from "../../scenarios/artifacts/forces.ts";
import type { Force, ForcesRanked, RankedForce } from "../../scenarios/artifacts/forces.ts";
import { clamped, mean, rounded } from "./rounding.ts";

/** Emergence, business impact, evidence (scenarioforge contract, 6.1). */
export const WEIGHTS = { emergence: 0.4, business_impact: 0.4, evidence_strength: 0.2 };

const BREAKTHROUGH =
  /\b(breakthroughs?|disrupt\w*|unprecedented|transformative|radical|revolution\w*|paradigm)\b/i;
const EMERGING = /\b(emerg\w*|nascent|novel|early[- ]stage|accelerat\w*|growing|rising)\b/i;
const MATURE = /\b(mature|established|legacy|stable|entrenched|incumbent|declining)\b/i;

const DIMENSION_WEIGHTS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    cost: 1,
    demand: 1,
    regulation: 1,
    tech_feasibility: 0.8,
    capital: 0.8,
    labor: 0.6,
    risk: 0.6,
  }),
);
const OTHER_DIMENSION = 0.5;

const GRADE_POINTS: Readonly<Record<Grade, number>> = { A: 5, B: 4, C: 3, D: 2 };
const NO_EVIDENCE = 1;

/** 1 to 5: how new it is, by the words that it is told in. */
export function emergenceOf({
  label,
  mechanism,
  directionality,
  layer,
}: Pick<Force, "label" | "mechanism" | "directionality" | "layer">): number {
  const told = `${label} ${mechanism} ${directionality}`;
  const base = BREAKTHROUGH.test(told) ? 5 : EMERGING.test(told) ? 4 : MATURE.test(told) ? 2 : 3;
  const shift = layer === "primary" ? 0.5 : layer === "tertiary" ? -0.5 : 0;
  return clamped(base + shift, 1, 5);
}

/** 1 to 5: how much of the business it touches. */
export function impactOf(dimensions: readonly string[]): number {
  const distinct = [...new Set(dimensions.map((dimension) => dimension.toLowerCase()))];
  if (distinct.length === 0) return 2.5;
  const weights = distinct.map((dimension) => DIMENSION_WEIGHTS.get(dimension) ?? OTHER_DIMENSION);
  return Math.min(
    5,
    weights.reduce((sum, weight) => sum + weight, 2),
  );
}

/** 1 to 5: how well it is evidenced; 1 where nothing speaks for it. */
export function evidenceOf(grades: readonly Grade[]): number {
  return grades.length === 0 ? NO_EVIDENCE : mean(grades.map((grade) => GRADE_POINTS[grade]));
}

/** All forces by their score, the highest first. */
export function rankForces(
  forces: readonly Force[],
  gradeOf: ReadonlyMap<string, Grade>,
): Omit<ForcesRanked, "run_id" | "timestamp" | "company_name" | "geography" | "horizon_months"> {
  const ranked = forces
    .map((force) => scored(force, gradeOf))
    .sort((a, b) => b.ebe_score - a.ebe_score || (a.force_id < b.force_id ? -1 : 1));
  const rankedIds = ranked.map(({ force_id }) => force_id);
  const byId = new Map(forces.map((force) => [force.force_id, force]));
  const top = (fits: (force: Force | undefined) => boolean): string[] =>
    rankedIds.filter((id) => fits(byId.get(id))).slice(0, TOP);
  const linked = forces.filter(({ unlinked }) => !unlinked).length;
  return {
    forces: ranked,
    weights: WEIGHTS,
    coverage_stats: {
      by_layer: Object.fromEntries(
        LAYERS.map(
          (layer) => [layer, forces.filter((each) => each.layer === layer).length] as const,
        ).filter(([, count]) => count > 0),
      ),
      linked_forces: linked,
      linked_ratio: forces.length === 0 ? 0 : rounded(linked / forces.length, 4),
      total_forces: forces.length,
    },
    top_by_domain: named(DOMAINS, (domain) => top((force) => force?.domain === domain)),
    top_by_layer: named(LAYERS, (layer) => top((force) => force?.layer === layer)),
  };
}

/** How many of each kind are named as its most important. */
const TOP = 5;

function named(
  names: readonly string[],
  idsOf: (name: string) => string[],
): Record<string, string[]> {
  const entries = names.map((name) => [name, idsOf(name)] as const);
  return Object.fromEntries(entries.filter(([, ids]) => ids.length > 0));
}

function scored(force: Force, gradeOf: ReadonlyMap<string, Grade>): RankedForce {
  const grades = force.evidence_unit_ids.flatMap((id) => gradeOf.get(id) ?? []);
  const emergence = emergenceOf(force);
  const impact = impactOf(force.affected_dimensions);
  const evidence = evidenceOf(grades);
  const score =
    WEIGHTS.emergence * emergence +
    WEIGHTS.business_impact * impact +
    WEIGHTS.evidence_strength * evidence;
  return {
    force_id: force.force_id,
    ebe_score: rounded(score, 4),
    E_emergence: rounded(emergence, 4),
    B_business_impact: rounded(impact, 4),
    E_evidence_strength: rounded(evidence, 4),
    rationale: `${force.label}: ${force.mechanism}`,
  };
}
