import type { Force } from "../../scenarios/artifacts/forces.ts";
import { clamped, mean, rounded } from "./rounding.ts";
import { bagOfWords, cosine, wordsOf } from "../../scenarios/embeddings/words.ts";

const THRESHOLD = 0.4;
const THRESHOLD_STEP = 0.1;
const MAX_RAISES = 2;
/** Where more forces than this stay alone, clusters may be looser. */
const MAX_SINGLE_SHARE = 0.4;
const MIN_CLUSTER = 3;
export const SINGLETONS = "cluster-singletons";

export interface FoundCluster {
  readonly cluster_id: string;
  readonly force_ids: readonly string[];
  /** The words that its forces share most. */
  readonly centroid_summary: string;
  /** 0 to 1: how alike its forces are, on average. */
  readonly coherence_score: number;
}

/** Groups forces by the words in which they are told (scenarioforge contract, 6.1). Each force is in one cluster. */
export function clusterForces(forces: readonly Force[]): FoundCluster[] {
  const texts = forces.map(
    ({ label, mechanism, directionality }) => `${label} ${mechanism} ${directionality}`,
  );
  const vectors = texts.map(bagOfWords);
  const similarity = vectors.map((a) => vectors.map((b) => cosine(a, b)));
  const groups = grouped(similarity);
  const kept = groups.filter((group) => group.length >= MIN_CLUSTER);
  const rest = groups.filter((group) => group.length < MIN_CLUSTER).flat();
  const describe = (cluster_id: string, members: readonly number[]): FoundCluster => ({
    cluster_id,
    force_ids: members.flatMap((member) => forces[member]?.force_id ?? []),
    centroid_summary: commonWords(members.map((member) => texts[member] ?? "")),
    coherence_score: coherence(members, similarity),
  });
  return [
    ...kept.map((group, index) => describe(`cluster-${index + 1}`, group)),
    ...(rest.length > 0
      ? [
          describe(
            SINGLETONS,
            rest.sort((a, b) => a - b),
          ),
        ]
      : []),
  ];
}

function grouped(similarity: readonly (readonly number[])[]): number[][] {
  let groups: number[][] = [];
  for (let raises = 0; raises <= MAX_RAISES; raises += 1) {
    groups = averageLinkage(similarity, THRESHOLD + raises * THRESHOLD_STEP);
    const singles = groups.filter((group) => group.length === 1).length;
    if (singles <= similarity.length * MAX_SINGLE_SHARE) break;
  }
  return groups;
}

/**
 * Joins the two nearest groups again and again, while their members are no further apart than that on average.
 * Groups come in the order of their first members, and of two equally near pairs the first is joined.
 */
export function averageLinkage(
  similarity: readonly (readonly number[])[],
  maxDistance: number,
): number[][] {
  const groups = similarity.map((_, index) => [index]);
  // Kept up to date by sizes (Lance and Williams, 1967), so that no pair of members is looked at twice.
  const distances = similarity.map((row) => row.map((value) => 1 - value));
  const between = (a: number, b: number): number => distances[a]?.[b] ?? Infinity;
  for (;;) {
    let nearest: readonly [number, number] | undefined;
    let least = Infinity;
    for (let a = 0; a < groups.length; a += 1) {
      for (let b = a + 1; b < groups.length; b += 1) {
        const isNearer =
          between(a, b) < least && groups[a]?.length !== 0 && groups[b]?.length !== 0;
        if (!isNearer) continue;
        least = between(a, b);
        nearest = [a, b];
      }
    }
    if (nearest === undefined || least > maxDistance + Number.EPSILON * 4) break;
    const [into, from] = nearest;
    const sizes = [groups[into]?.length ?? 0, groups[from]?.length ?? 0] as const;
    for (let other = 0; other < groups.length; other += 1) {
      const joined =
        (sizes[0] * between(into, other) + sizes[1] * between(from, other)) / (sizes[0] + sizes[1]);
      const row = distances[into];
      const column = distances[other];
      if (row !== undefined) row[other] = joined;
      if (column !== undefined) column[into] = joined;
    }
    groups[into]?.push(...(groups[from] ?? []));
    groups[from] = [];
  }
  return groups.filter((group) => group.length > 0).map((group) => group.sort((a, b) => a - b));
}

function coherence(members: readonly number[], similarity: readonly (readonly number[])[]): number {
  const pairs = members.flatMap((a, index) =>
    members.slice(index + 1).map((b) => similarity[a]?.[b] ?? 0),
  );
  return clamped(rounded(mean(pairs), 4), 0, 1);
}

/** How many words stand for a cluster. */
const SUMMARY_WORDS = 3;

function commonWords(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of texts.flatMap((text) => [...new Set(wordsOf(text))])) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const words = [...counts].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1));
  const summary = words.slice(0, SUMMARY_WORDS).map(([word]) => word.slice(0, 60));
  return summary.length === 0 ? "no common words" : summary.join(" / ");
}
