import { QueriesAnswer } from "./queries-answer.ts";
import type { Question } from "./question.ts";

export const queries: Question<"queries"> = {
  answer: QueriesAnswer,
  prompt: `Write up to five web search queries that would find evidence on the focal issue.
Cover different domains (political, economic, social, technological, environmental, legal).
Each query is a few words, as a researcher would type them, and names the place or the industry.`,
};
