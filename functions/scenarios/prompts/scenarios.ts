import { ScenariosAnswer } from "../artifacts/scenarios.ts";
import type { Question } from "./question.ts";

export const scenarios: Question<"scenarios"> = {
  answer: ScenariosAnswer,
  known: ({ quadrants, clusters, forces }) => ({
    items: { scenarios: quadrants.map(({ scenario_id }) => ({ scenario_id })) },
    words: {
      cluster_ids: clusters.map(({ cluster_id }) => cluster_id),
      force_ids: forces.map(({ force_id }) => force_id),
    },
  }),
  prompt: `Write one scenario for each quadrant in the context, with its scenario_id.
The narrative tells in the present tense how the world of that quadrant came about and what it is like for the company,
and is true to both poles of the quadrant. Signposts are early signs that could be seen within a year.
Touchpoints are cluster ids and force ids from the context, two or more of each, that the narrative rests on.`,
};
