import * as v from "valibot";
import type { Planned } from "../../../functions/plan-runner/comment/content.ts";
import type { PlanSummary } from "../../../functions/messages/plan-execution.ts";
import { PlanRequest } from "../../../functions/messages/plan-request.ts";

export const SHA = "0123456789abcdef0123456789abcdef01234567";
export const NEWER_SHA = "89abcdef0123456789abcdef0123456789abcdef";

export const SUMMARY: PlanSummary = {
  add: 0,
  change: 0,
  destroy: 0,
  replace: 0,
  import: 0,
  forget: 0,
  move: 0,
  drift: 0,
  outputs: 0,
  destroys: [],
  violations: [],
  failed_checks: 0,
  failures: [],
  warnings: 0,
};

export const TIMINGS = {
  git_fetch_ms: 1,
  git_checkout_ms: 2,
  tofu_init_ms: 3,
  tofu_plan_ms: 4,
  tofu_show_ms: 5,
};

/** The request for pull request 7 of acme/infra, with other work where that is given. */
export function planRequest(work: Partial<PlanRequest["work"]> = {}): PlanRequest {
  return v.parse(PlanRequest, {
    request_id: "r-1",
    repo: { full_name: "acme/infra" },
    pull_request: { number: 7, head_sha: SHA },
    installation: { id: 3 },
    work: { plan_id: "pr-7-0123456", ...work },
  });
}

export function planned(difference: Partial<Planned> = {}): Planned {
  return {
    outcome: "planned",
    summary: { ...SUMMARY, add: 1 },
    text: "  + resource\n",
    omitted_bytes: 0,
    timings: TIMINGS,
    ...difference,
  };
}

/** The least that the role needs. */
export const PLAN_RUNNER_ENV = {
  PROJECT_ID: "p",
  GITHUB_APP_ID: "77",
  APP_KEY_SECRET: "projects/p/secrets/plan-app-key/versions/latest",
  STATE_BUCKET: "p-plan-state",
  CHECKOUTS_BUCKET: "p-plan-checkouts",
  EXECUTOR_URL: "https://plan-executor-1.us-central1.run.app",
  AUDIENCE: "https://plan-runner-1.us-central1.run.app",
  PUSH_SA: "pubsub-push-sa@p.iam.gserviceaccount.com",
  DEADLETTER_SA: "plan-deadletter@p.iam.gserviceaccount.com",
  PRIVATE: "true",
};
