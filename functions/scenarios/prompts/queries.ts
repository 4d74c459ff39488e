import * as v from "valibot";
import { text } from "../artifacts/text.ts";
import type { Question } from "./question.ts";

/** What to look for on the web. */
export const QueriesAnswer = v.object({
  queries: v.pipe(v.array(text(200)), v.minLength(1), v.maxLength(5)),
});
export type QueriesAnswer = v.InferOutput<typeof QueriesAnswer>;

export const queries: Question<"queries"> = {
  answer: QueriesAnswer,
  prompt: `Write up to five web search queries that would find evidence on the focal issue.
Cover different domains (political, economic, social, technological, environmental, legal).
Each query is a few words, as a researcher would type them, and names the place or the industry.`,
};
