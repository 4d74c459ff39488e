import { ClustersAnswer } from "../artifacts/clusters.ts";
import type { Question } from "./question.ts";

export const clusters: Question<"clusters"> = {
  answer: ClustersAnswer,
  known: ({ clusters: unnamed }) => ({
    items: { clusters: unnamed.map(({ cluster_id }) => ({ cluster_id })) },
  }),
  prompt: `The forces were grouped by the words in which they are told. Name each group.
Answer for every cluster_id in the context, once. A label has two to six words.
The underlying dynamic is what moves all forces of a group; say in a sentence why they belong together.`,
};
