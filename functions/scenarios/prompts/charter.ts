import { CharterAnswer } from "../artifacts/charter.ts";
import type { Question } from "./question.ts";

export const charter: Question<"charter"> = {
  answer: CharterAnswer,
  prompt: `Write the charter of a scenario study for the company in the brief.
Say why the study is made now, what decision it serves, and where its limits are.
Assumptions are statements that the study takes for granted and that could turn out to be wrong.
Success criteria can be checked by somebody who was not there.`,
};
