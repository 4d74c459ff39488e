import type { Metadata } from "../../scenarios/artifacts/metadata.ts";
import { belonging } from "../brief.ts";
import type { Brief } from "../brief.ts";
import { PROMPT_HASHES } from "../../scenarios/prompts/index.ts";
import type { QuestionName } from "../../scenarios/prompts/question.ts";

/** Which run an artifact belongs to, and which prompt it comes from. */
export function metadataOf(brief: Brief, prompt: QuestionName): Metadata {
  const hash = PROMPT_HASHES.find(({ name }) => name === prompt);
  return {
    ...belonging(brief),
    prompt_name: prompt,
    ...(hash !== undefined && { prompt_sha256: hash.sha256 }),
  };
}
