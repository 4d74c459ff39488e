import type { PlanRequest } from "../messages/plan-request.ts";
import { Unavailable } from "./faults.ts";
import type { CheckState, PullRequest, PullRequestState } from "./ports.ts";

/** Why a pull request's plan is not wanted now. */
export type Obstacle = "stale" | "closed" | "retargeted" | "fork";

/**
 * What stands against planning that head now; undefined for nothing. Throws Unavailable, also where something seems to, but
 * GitHub's answer is older than the event that asked; or Refused.
 */
export async function obstacleNow(
  request: PlanRequest,
  pull: Pick<PullRequest, "read">,
): Promise<Obstacle | undefined> {
  const now = await pull.read();
  const obstacle = obstacleOf(request, now);
  const { updated_at: askedAt } = request.pull_request;
  if (
    obstacle !== undefined &&
    askedAt !== undefined &&
    Date.parse(now.updatedAt) < Date.parse(askedAt)
  ) {
    throw new Unavailable("GitHub's answer is older than the event.");
  }
  return obstacle;
}

function obstacleOf(request: PlanRequest, now: PullRequestState): Obstacle | undefined {
  const { head_sha, base_ref = now.baseRef } = request.pull_request;
  if (now.headSha !== head_sha) return "stale";
  if (!now.isOpen) return "closed";
  if (now.baseRef !== base_ref) return "retargeted";
  // GitHub's `fork` member would be true for a repository that is itself a fork.
  const isFork = now.headRepo?.toLowerCase() !== request.repo.full_name.toLowerCase();
  return isFork && !request.work.fork_allowed ? "fork" : undefined;
}

/** What the check of a head says that was not planned. */
export function checkOfObstacle(obstacle: Obstacle): CheckState {
  switch (obstacle) {
    case "stale":
      return {
        status: "completed",
        conclusion: "cancelled",
        title: "Superseded by a newer push",
        summary: "The pull request has another head by now. That one gets a plan of its own.",
      };
    case "closed":
      return {
        status: "completed",
        conclusion: "cancelled",
        title: "Pull request is closed",
        summary: "Plans are made for open pull requests. Reopening this one asks for it again.",
      };
    case "retargeted":
      return {
        status: "completed",
        conclusion: "cancelled",
        title: "Superseded by a change of the base",
        summary: "The pull request has another base by now. That one gets a plan of its own.",
      };
    case "fork":
      return {
        status: "completed",
        conclusion: "action_required",
        title: "Not planned: comes from a fork",
        summary:
          "A plan runs code of the pull request, so those from forks are planned only after a maintainer has allowed this commit by the label that the repository's `.plan-runner.yaml` names.",
      };
  }
}
