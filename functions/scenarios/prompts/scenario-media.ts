import { MediaAnswer } from "../artifacts/scenarios.ts";
import type { Question } from "./question.ts";

export const scenarioMedia: Question<"scenario_media"> = {
  answer: MediaAnswer,
  prompt: `Tell the scenario as a short story of one person on one day in it, in at most 200 words.
Then describe a photograph of that day for an illustrator: place, light, people, things. No text, logos or real persons in it.`,
};
