import * as v from "valibot";
import { Belonging } from "./metadata.ts";
import { sentences, text, textOrNone } from "./text.ts";

const Finding = v.strictObject({
  code: v.picklist([
    "unknown_reference",
    "unlinked_force",
    "fixture_citation",
    "few_citations",
    "untested_pair",
  ]),
  artifact: text(60),
  message: text(400),
});
export type Finding = v.InferOutput<typeof Finding>;

export const AuditAnswer = v.object({ summary: text(1_500), next_steps: sentences(0, 8) });
export type AuditAnswer = v.InferOutput<typeof AuditAnswer>;

/** What a reader should know about the run's own artifacts. */
export const AuditReport = v.strictObject({
  ...Belonging,
  status: v.picklist(["passed", "passed_with_findings"]),
  findings: v.pipe(v.array(Finding), v.maxLength(200)),
  summary: textOrNone(1_500),
  next_steps: sentences(0, 8),
});
export type AuditReport = v.InferOutput<typeof AuditReport>;
