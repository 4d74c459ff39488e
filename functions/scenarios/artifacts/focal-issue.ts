import * as v from "valibot";
import { Metadata } from "./metadata.ts";
import { sentences, text } from "./text.ts";

export const FocalIssueAnswer = v.object({
  focal_issue: text(600),
  decision_type: text(100),
  success_criteria: text(600),
  exclusions: sentences(0, 8),
  sectors: sentences(1, 6, 100),
});
export type FocalIssueAnswer = v.InferOutput<typeof FocalIssueAnswer>;

const { sectors, ...asked } = FocalIssueAnswer.entries;

/** The one question that all scenarios answer differently. */
export const FocalIssue = v.strictObject({
  ...asked,
  scope: v.strictObject({
    geography: text(200),
    sectors,
    time_horizon_months: v.pipe(v.number(), v.integer(), v.minValue(36), v.maxValue(120)),
  }),
  metadata: Metadata,
});
export type FocalIssue = v.InferOutput<typeof FocalIssue>;
