import { EvidenceAnswer } from "../artifacts/evidence.ts";
import type { Question } from "./question.ts";

export const evidence: Question<"evidence"> = {
  answer: EvidenceAnswer,
  prompt: `Read the document and write down what it says that bears on the focal issue.
Claims are single statements that the document makes, not your own. Metrics are numbers with their unit and year.
Grade how far it can be believed: A for official statistics and filings, B for named experts and established press,
C for trade press and companies about themselves, D for anything without an author or a date.`,
};
