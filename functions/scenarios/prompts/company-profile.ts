import { CompanyProfileAnswer } from "../artifacts/company-profile.ts";
import type { Question } from "./question.ts";

export const companyProfile: Question<"company_profile"> = {
  answer: CompanyProfileAnswer,
  prompt: `Write a short profile of the company from what was found about it.
Use nothing but the text in \`found\`; where it says nothing, leave lists empty and the summary an empty string.
Risks and priorities are those that the company itself names.`,
};
