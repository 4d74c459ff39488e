import type { Axis } from "../../scenarios/artifacts/axes.ts";

/** Two axes that share more of what they stand on tell the same story twice. */
const MAX_OVERLAP = 0.6;

/**
 * The two axes that matter most and are least known, as far as they are independent of each other; undefined where no two
 * are (scenarioforge contract, 6.1).
 */
export function chooseAxes(axes: readonly Axis[]): readonly [Axis, Axis] | undefined {
  const byWeight = axes
    .map((axis, index) => ({ axis, index, weight: axis.impact_score * axis.uncertainty_score }))
    .sort((a, b) => b.weight - a.weight || a.index - b.index)
    .map(({ axis }) => axis);
  for (const [index, first] of byWeight.entries()) {
    const second = byWeight.slice(index + 1).find((axis) => overlap(first, axis) <= MAX_OVERLAP);
    if (second !== undefined) return [first, second];
  }
  return undefined;
}

/** The Jaccard index of what two axes stand on: 0 for nothing in common, 1 for all. */
export function overlap(a: Axis, b: Axis): number {
  const [left, right] = [basisOf(a), basisOf(b)];
  const all = left.union(right);
  return all.size === 0 ? 0 : left.intersection(right).size / all.size;
}

function basisOf({ tension_basis: { cluster_ids, force_ids } }: Axis): Set<string> {
  return new Set([
    ...cluster_ids.map((id) => `cluster ${id}`),
    ...force_ids.map((id) => `force ${id}`),
  ]);
}
