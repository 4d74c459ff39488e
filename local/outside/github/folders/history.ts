/** What is needed of a real history to compare any two of its heads. */

export interface HistoryEntry {
  readonly sha: string;
  readonly parents: readonly string[];
}

/**
 * The heads, and the commits where two of them part, each head with those that are behind it, nearest first. Between them
 * nothing is kept: as in a shallow clone, but every two heads still meet where they really met.
 * @param history every commit behind the heads, children before their parents, as `git rev-list --topo-order` writes it
 */
export function junctions(
  history: readonly HistoryEntry[],
  heads: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const unique = [...new Set(heads)];
  /** Commit → the heads that it is behind of, a bit for each; complete when all its children were seen. */
  const behind = new Map(unique.map((sha, index) => [sha, 1n << BigInt(index)]));
  /** Of each head: itself and those that it has met. */
  const met = unique.map((_sha, index) => 1n << BigInt(index));
  const kept: { readonly sha: string; readonly of: bigint }[] = [];
  for (const { sha, parents } of history) {
    const of = behind.get(sha) ?? 0n;
    for (const parent of parents) behind.set(parent, (behind.get(parent) ?? 0n) | of);
    // The first that is behind both of two heads has no other such commit before it.
    const parting = unique.flatMap((_sha, index) => {
      const isBehind = (of & (1n << BigInt(index))) !== 0n;
      return isBehind && (of & ~(met[index] ?? 0n)) !== 0n ? [index] : [];
    });
    for (const index of parting) met[index] = (met[index] ?? 0n) | of;
    if (parting.length > 0 || unique.includes(sha)) kept.push({ sha, of });
  }
  return new Map(
    kept.map(({ sha }) => {
      const bit = 1n << BigInt(unique.indexOf(sha));
      const isHead = unique.includes(sha);
      const others = kept.filter((other) => other.sha !== sha && isHead && (other.of & bit) !== 0n);
      return [sha, others.map((other) => other.sha)];
    }),
  );
}
