import { checkName } from "../messages/plan-names.ts";
import type { PlanRequest } from "../messages/plan-request.ts";
import type { Check, Target } from "./ports.ts";

/** The pull request that is meant. */
export function targetOf({ repo, pull_request, installation }: PlanRequest): Target {
  return {
    fullName: repo.full_name,
    number: pull_request.number,
    installationId: installation.id,
  };
}

/** The check that shows how its plan stands. */
export function checkOf({ pull_request, work }: PlanRequest): Check {
  return { headSha: pull_request.head_sha, name: checkName(work) };
}

/** What all log lines about it have in common. */
export function labelsOf({ request_id, repo, pull_request, work }: PlanRequest) {
  return {
    request_id,
    repo: repo.full_name,
    pr: pull_request.number,
    sha: pull_request.head_sha,
    plan_id: work.plan_id,
  };
}

/** Whether an API's base URL is that one; no URL means whichever there is. */
export function isSameGitHub(url: string | undefined, baseUrl: string): boolean {
  const bare = (each: string): string => each.replace(/\/+$/, "").toLowerCase();
  return url === undefined || url === "" || bare(url) === bare(baseUrl);
}
