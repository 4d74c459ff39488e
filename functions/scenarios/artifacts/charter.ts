import * as v from "valibot";
import { Metadata } from "./metadata.ts";
import { Id, sentences, text } from "./text.ts";

/** What a model writes of a charter. */
export const CharterAnswer = v.object({
  title: text(200),
  purpose: text(800),
  scope: text(400),
  decision_context: text(1_200),
  assumptions: sentences(1, 10),
  constraints: sentences(1, 10),
  stakeholders: sentences(1, 12, 200),
  success_criteria: sentences(1, 10),
});
export type CharterAnswer = v.InferOutput<typeof CharterAnswer>;

/** Why the scenarios are made, for whom, and what would make them useful. */
export const Charter = v.strictObject({
  id: Id,
  ...CharterAnswer.entries,
  time_horizon: text(60),
  metadata: Metadata,
});
export type Charter = v.InferOutput<typeof Charter>;
