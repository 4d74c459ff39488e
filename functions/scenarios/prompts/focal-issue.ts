import { FocalIssueAnswer } from "../artifacts/focal-issue.ts";
import type { Question } from "./question.ts";

export const focalIssue: Question<"focal_issue"> = {
  answer: FocalIssueAnswer,
  prompt: `State the focal issue of the study: one question about the future that the decision in the charter hangs on.
It names the company, the place and the time horizon of the brief, and cannot be answered with yes or no.
Exclusions say what the study leaves out. Sectors are the industries that it concerns.`,
};
