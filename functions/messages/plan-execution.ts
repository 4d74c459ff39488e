/** What the runner asks of the executor, and what it answers. */
import * as v from "valibot";
import { PlanRequest } from "./plan-request.ts";

export const PlanExecution = v.object({
  request: PlanRequest,
  /**
   * The commit's archive: its object in the bucket of checkouts. Whoever knows the name can read it, so it is told to
   * nobody else.
   */
  archive: v.pipe(
    v.string(),
    // The same in a URL, so that it is known in a message that quotes one.
    v.regex(/^[A-Za-z0-9._-]{1,200}$/, "must be the name of an archive"),
  ),
  /** Milliseconds that everything may take. */
  budget_ms: v.pipe(v.number(), v.integer(), v.minValue(1)),
});
export type PlanExecution = v.InferOutput<typeof PlanExecution>;

const Count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Numbers as the line "Plan: N to add, N to change, N to destroy" has them: a replacement is one add and one destroy. */
export const PlanSummary = v.object({
  add: Count,
  change: Count,
  destroy: Count,
  /** How many of `add` and `destroy` replace. */
  replace: Count,
  import: Count,
  forget: Count,
  move: Count,
  /** Resources that changed outside of OpenTofu. */
  drift: Count,
  outputs: Count,
  /** Addresses that are destroyed or replaced, the first of them; `destroy` counts all. */
  destroys: v.array(v.object({ address: v.string(), action: v.picklist(["delete", "replace"]) })),
  /** What the repository's own rules (max_destroys, protected, max_failed_checks) say against it, a sentence each. */
  violations: v.array(v.string()),
  /** How many `check` blocks failed, each instance of its module by itself. */
  failed_checks: v.optional(Count, 0),
  /** The first of them. */
  failures: v.optional(
    v.array(v.object({ address: v.string(), problems: v.array(v.string()) })),
    [],
  ),
  /** How many warnings there are besides. */
  warnings: v.optional(Count, 0),
});
export type PlanSummary = v.InferOutput<typeof PlanSummary>;

/** Milliseconds; 0 for what did not happen. A step that failed has the time until it did. */
export const PlanTimings = v.object({
  /** Until the commit's archive was there: the runner's part and the executor's. */
  git_fetch_ms: Count,
  /** Unpacking it. */
  git_checkout_ms: Count,
  tofu_init_ms: Count,
  tofu_plan_ms: Count,
  tofu_show_ms: Count,
});
export type PlanTimings = v.InferOutput<typeof PlanTimings>;

/**
 * Warnings of `tofu init` and `tofu plan` as they were printed, those of failed checks among them; the first of many.
 * Absent where there are none.
 */
const Warnings = v.optional(v.string());

/** How an execution ended. Every text is redacted. What may succeed later is no result but an answer 429 or 503. */
export const PlanExecutionResult = v.variant("outcome", [
  v.object({
    outcome: v.literal("planned"),
    summary: PlanSummary,
    /** What `tofu show` prints. */
    text: v.string(),
    /** How many bytes of the text were left out in its middle. */
    omitted_bytes: Count,
    warnings: Warnings,
    timings: PlanTimings,
  }),
  v.object({
    outcome: v.literal("failed"),
    /** `git fetch`, `work.dir`, `guard`, `tofu init`, `tofu plan`, `tofu show`, `timeout` */
    step: v.string(),
    /** Why, in the words of what failed. */
    error: v.string(),
    /** What to do about it, where that is known. */
    hint: v.optional(v.string()),
    warnings: Warnings,
    timings: PlanTimings,
  }),
]);
export type PlanExecutionResult = v.InferOutput<typeof PlanExecutionResult>;
