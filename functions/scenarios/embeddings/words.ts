import { createHash } from "node:crypto";

const VECTOR_LENGTH = 256;

/** Words that say nothing about what a text is about. */
const EMPTY_WORDS = new Set(
  "a an and are as at be by can do for from has have how if in into is it its more not of on or so than that the their then there they this to until was what when where which while who will with would".split(
    " ",
  ),
);

/** The words of a text that say what it is about, in their order. */
export function wordsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.filter((word) => word.length > 1 && !EMPTY_WORDS.has(word));
}

/** A text as numbers: its words, counted by a place that is the hash of each. Its length is 1, or 0 without words. */
export function bagOfWords(text: string): Float64Array {
  const counts = new Float64Array(VECTOR_LENGTH);
  for (const word of wordsOf(text)) {
    const place = createHash("md5").update(word).digest().readUInt32BE(0) % VECTOR_LENGTH;
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return unit(counts);
}

/** The same direction, of length 1. */
function unit(vector: Float64Array): Float64Array {
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((value) => value / length);
}

/** How alike two vectors of length 1 are: 1 for the same direction. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}
