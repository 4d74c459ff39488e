import * as v from "valibot";
import { cosine } from "./words.ts";

/** A run's own embeddings, kept in one object beside it. */
export const Embeddings = v.object({
  run_id: v.string(),
  /** What made them: a question is compared only by the same. */
  model: v.string(),
  items: v.array(
    v.object({
      id: v.string(),
      /** What it was made of. */
      text: v.string(),
      artifact: v.string(),
      vector: v.array(v.number()),
    }),
  ),
});
export type Embeddings = v.InferOutput<typeof Embeddings>;

export interface Match {
  readonly id: string;
  readonly text: string;
  readonly artifact: string;
  /** -1 to 1. */
  readonly score: number;
}

/** The nearest to a question, the nearest first; equal ones by id. */
export function nearest(
  vector: readonly number[],
  { items }: Embeddings,
  { count, minScore }: { readonly count: number; readonly minScore: number },
): Match[] {
  return items
    .filter((item) => item.vector.length === vector.length)
    .map(({ id, text, artifact, vector: own }) => ({
      id,
      text,
      artifact,
      score: cosine(vector, own),
    }))
    .filter(({ score }) => score >= minScore)
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .slice(0, count);
}
