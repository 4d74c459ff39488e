import * as v from "valibot";
import { PlanRequest } from "../../functions/messages/plan-request.ts";
import type { PlanRequestInput } from "../../functions/messages/plan-request.ts";

/** The least that the documented schema asks for, with the token that senders of old put in. */
export const LEAST = {
  repo: { full_name: "octo/infra", clone_url: "https://github.com/octo/infra.git" },
  pull_request: { number: 7, head_sha: "a".repeat(40) },
  installation: { token: "ghs_secret" },
  work: { plan_id: "pr-7-aaaaaaa" },
} as const satisfies PlanRequestInput & { installation: { token: string } };

/** A plan request, with that difference of its members. */
export function planRequest(
  difference: { work?: object; repo?: object; pull_request?: object } = {},
): PlanRequest {
  return v.parse(PlanRequest, {
    ...LEAST,
    repo: { ...LEAST.repo, ...difference.repo },
    pull_request: { ...LEAST.pull_request, ...difference.pull_request },
    work: { ...LEAST.work, ...difference.work },
  });
}
