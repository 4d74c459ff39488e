import { AxesAnswer } from "../artifacts/axes.ts";
import type { Question } from "./question.ts";

export const uncertaintyAxes: Question<"uncertainty_axes"> = {
  answer: AxesAnswer,
  known: ({ clusters, forces }) => ({
    words: {
      cluster_ids: clusters.map(({ cluster_id }) => cluster_id),
      force_ids: forces.map(({ force_id }) => force_id),
    },
  }),
  prompt: `Write six to ten uncertainty axes for the focal issue.
An axis is a question whose answer nobody knows within the horizon; its two poles are both possible, and neither is better.
Score impact and uncertainty from 0 to 5. Base each axis on cluster ids and force ids from the context, two or more of each,
and let different axes stand on different ones. Say what observation would change your mind.`,
};
