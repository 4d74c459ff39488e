import type { PlanTimings } from "../../messages/plan-execution.ts";

/** Milliseconds. */
export interface Timings extends PlanTimings {
  /** From publishing to receipt. */
  readonly queue_to_runner_ms: number;
  readonly comment_list_ms: number;
  readonly comment_upsert_ms: number;
  readonly total_run_ms: number;
}

export const NO_PLAN_TIMINGS: PlanTimings = {
  git_fetch_ms: 0,
  git_checkout_ms: 0,
  tofu_init_ms: 0,
  tofu_plan_ms: 0,
  tofu_show_ms: 0,
};

/** The last line of a comment, word for word as readers of the first runner's know it. */
export function timingsLine(timings: Timings): string {
  const values = [
    `queue→runner=${timings.queue_to_runner_ms}`,
    `git.fetch=${timings.git_fetch_ms}`,
    `git.checkout=${timings.git_checkout_ms}`,
    `tofu.init=${timings.tofu_init_ms}`,
    `tofu.plan=${timings.tofu_plan_ms}`,
    `tofu.show=${timings.tofu_show_ms}`,
    `comment.list=${timings.comment_list_ms}`,
    `comment.upsert=${timings.comment_upsert_ms}`,
    `total=${timings.total_run_ms}`,
  ];
  return `Timings (ms): ${values.join(", ")}`;
}
