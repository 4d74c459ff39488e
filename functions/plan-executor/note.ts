import type { PlanExecution, PlanExecutionResult } from "../messages/plan-execution.ts";

/** What the log says about a plan: which, how it ended, how long it took; never a word of it. */
export function noteOf(
  { request }: PlanExecution,
  result: PlanExecutionResult,
): Readonly<Record<string, unknown>> {
  const { repo, pull_request: pullRequest, work } = request;
  return {
    for_request: request.request_id,
    repo: repo.full_name,
    pr: pullRequest.number,
    sha: pullRequest.head_sha,
    plan_id: work.plan_id,
    outcome: result.outcome,
    ...(result.outcome === "failed" && { step: result.step }),
    ...result.timings,
  };
}
