import * as v from "valibot";
import { Id, text } from "./text.ts";

/** What most artifacts say about the run that they belong to. */
export const Belonging = {
  run_id: Id,
  /** When the run was created: what is made again is made to the byte. */
  timestamp: v.pipe(v.string(), v.isoTimestamp()),
  company_name: text(200),
  geography: text(200),
  horizon_months: v.pipe(v.number(), v.integer(), v.minValue(36), v.maxValue(120)),
};

/** The same in a member of its own, with the prompt that was asked. */
export const Metadata = v.strictObject({
  ...Belonging,
  prompt_name: v.optional(text(60)),
  prompt_sha256: v.optional(v.pipe(v.string(), v.hash(["sha256"]))),
});
export type Metadata = v.InferOutput<typeof Metadata>;
