import * as v from "valibot";
import { Belonging, Metadata } from "./metadata.ts";
import { sentences, text, textOrNone } from "./text.ts";

export const CompanyProfileAnswer = v.object({
  industry: text(200),
  annual_report_summary: textOrNone(3_000),
  key_risks: sentences(0, 10),
  strategic_priorities: sentences(0, 10),
});
export type CompanyProfileAnswer = v.InferOutput<typeof CompanyProfileAnswer>;

/** What is known of the company before any evidence is read. */
export const CompanyProfile = v.strictObject({
  ...Belonging,
  ...CompanyProfileAnswer.entries,
  industry: v.nullable(text(200)),
  simulated: v.boolean(),
  annual_report_status: v.picklist(["skipped", "summarised", "not_found", "failed"]),
  annual_report_source: v.nullable(v.pipe(v.string(), v.maxLength(2_048))),
  source_basis: v.strictObject({
    internal_docs: v.pipe(v.array(v.pipe(v.string(), v.maxLength(200))), v.maxLength(20)),
    manual_input: v.pipe(v.string(), v.maxLength(400)),
    urls: v.pipe(v.array(v.pipe(v.string(), v.maxLength(2_048))), v.maxLength(50)),
  }),
  metadata: Metadata,
});
export type CompanyProfile = v.InferOutput<typeof CompanyProfile>;
