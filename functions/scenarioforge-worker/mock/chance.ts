import { createHash } from "node:crypto";

/** Choices that are the same for the same seed and the same question, in whatever order they are asked. */
export interface Chance {
  /** A whole number from 0 up to, and without, `max`. */
  below(max: number, ...about: readonly (string | number)[]): number;
  pick<const All extends readonly [unknown, ...unknown[]]>(
    from: All,
    ...about: readonly (string | number)[]
  ): All[number];
  /** All of them in another order. */
  shuffled<T>(all: readonly T[], ...about: readonly (string | number)[]): T[];
}

export function chanceOf(seed: string): Chance {
  const below: Chance["below"] = (max, ...about) => {
    const hash = createHash("sha256")
      .update(JSON.stringify([seed, ...about]))
      .digest();
    return hash.readUIntBE(0, 6) % max;
  };
  return {
    below,
    pick: (from, ...about) => from[below(from.length, ...about)] ?? from[0],
    shuffled: (all, ...about) =>
      all
        .map((each, index) => ({ each, index, place: below(2 ** 40, "place", index, ...about) }))
        .sort((a, b) => a.place - b.place || a.index - b.index)
        .map(({ each }) => each),
  };
}
