import { ForcesAnswer } from "../artifacts/forces.ts";
import type { Question } from "./question.ts";

export const forces: Question<"forces"> = {
  answer: ForcesAnswer,
  known: ({ count, evidence }) => ({
    counts: { forces: count },
    words: { evidence_unit_ids: evidence.map(({ id }) => id) },
  }),
  prompt: `Name \`count\` driving forces of the domain in the context that could change the answer to the focal issue.
A force is something that moves by itself, not something that the company does.
Give for each what drives it (mechanism), which way it goes (directionality), and which of these dimensions it touches:
cost, demand, regulation, tech_feasibility, capital, labor, risk.
\`evidence_unit_ids\` are ids from the context whose content speaks for the force; leave the list empty where there is none.
Do not name again what is in \`named\`.`,
};
