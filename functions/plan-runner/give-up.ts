import * as v from "valibot";
import { planLease } from "../messages/plan-names.ts";
import { PlanRequest } from "../messages/plan-request.ts";
import { HttpError } from "../runtime/errors.ts";
import type { Log } from "../runtime/log.ts";
import { checkOfGivingUp } from "./check.ts";
import { holdingComment } from "./comment-lease.ts";
import { contentOfGivingUp } from "./comment/content.ts";
import { Refused, Unavailable } from "./faults.ts";
import { holdLease } from "./held-lease.ts";
import { checkOfObstacle, obstacleNow } from "./obstacles.ts";
import type { Ports } from "./ports.ts";
import { checkOf, labelsOf, targetOf } from "./request.ts";
import { finish, isFinished } from "./results.ts";
import { writeComment } from "./write-comment.ts";

/** The body of `POST /give-up`: the request that nobody could answer. */
export const GiveUpRequest = v.object({
  ...PlanRequest.entries,
  /** How often it was delivered, where that was counted. */
  delivery_attempts: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
});
export type GiveUpRequest = v.InferOutput<typeof GiveUpRequest>;

/**
 * Tells a pull request that its plan will not come, unless it has come, or is not wanted any more.
 * @throws HttpError 503 where it may be told later
 */
export async function giveUp(
  request: GiveUpRequest,
  log: Log,
  ports: Ports,
): Promise<{ readonly posted: boolean }> {
  try {
    const lease = await holdLease(planLease(request), ports.settings.leaseSeconds, ports);
    // Whoever works on it yet may succeed.
    if (lease === undefined) throw new Unavailable("A delivery works on this plan.");
    try {
      return { posted: await tell(request, log, ports) };
    } finally {
      await lease.release();
    }
  } catch (error) {
    if (error instanceof Unavailable) {
      const retryAfterSeconds = error.afterSeconds ?? 10;
      throw new HttpError(503, "unavailable", error.message, { retryAfterSeconds });
    }
    if (!(error instanceof Refused)) throw error;
    const labels = { ...labelsOf(request), github_status: error.status };
    log("ERROR", `GitHub refused: ${error.message}`, labels);
    return { posted: false };
  }
}

async function tell(request: GiveUpRequest, log: Log, ports: Ports): Promise<boolean> {
  if (await isFinished(request, ports)) return false;
  const pull = await ports.gitHub.open(targetOf(request));
  const content = contentOfGivingUp(request, request.delivery_attempts);
  return holdingComment(request, ports, async (lease) => {
    if (await isFinished(request, ports)) return false;
    const obstacle = await obstacleNow(request, pull);
    if (obstacle !== undefined) {
      await pull.settleCheck(checkOf(request), checkOfObstacle(obstacle));
      return false;
    }
    const written = await writeComment(request, { pull, content, lease, log }, ports).catch(
      (error: unknown) => {
        if (!(error instanceof Refused)) throw error;
        const labels = { ...labelsOf(request), github_status: error.status };
        log("ERROR", `GitHub refused the comment: ${error.message}`, labels);
      },
    );
    const { id, url } = written?.comment ?? {};
    await pull.setCheck(checkOf(request), checkOfGivingUp(content, url));
    const how = { outcome: "gave_up", conclusion: "failure" } as const;
    await finish(request, { ...how, comment_id: id, comment_url: url }, ports);
    return written !== undefined;
  });
}
