import type { PlanRequest } from "../messages/plan-request.ts";
import type { Log } from "../runtime/log.ts";
import { checkOfResult } from "./check.ts";
import { holdingComment } from "./comment-lease.ts";
import { withTimings } from "./comment/render.ts";
import { contentOf, wholeOf } from "./comment/texts.ts";
import type { Told } from "./comment/texts.ts";
import { timingsLine } from "./comment/timings.ts";
import type { Timings } from "./comment/timings.ts";
import { Refused, TooLong } from "./faults.ts";
import type { HeldLease } from "./held-lease.ts";
import { obstacleNow } from "./obstacles.ts";
import type { Obstacle } from "./obstacles.ts";
import type { Check, CheckState, Comment, Ports, PullRequest } from "./ports.ts";
import { labelsOf } from "./request.ts";
import { writeComment } from "./write-comment.ts";

interface Publication {
  readonly pull: PullRequest;
  readonly check: Check;
  /** The plan's, confirmed before anything is written. */
  readonly lease: HeldLease;
  readonly receivedAt: number;
  readonly queueMs: number;
  readonly log: Log;
}

/** What stands on the pull request. */
export interface Published {
  /** Undefined where GitHub refused it: the check has the plan all the same. */
  readonly comment: Comment | undefined;
  readonly timings: Timings;
}

/** Puts a result on the pull request, or says why it is not wanted any more. Throws Unavailable or Refused. */
export async function publish(
  request: PlanRequest,
  result: Told,
  { pull, check, lease, receivedAt, queueMs, log }: Publication,
  ports: Ports,
): Promise<Published | Obstacle> {
  const { maxCharacters, maxParts } = ports.settings;
  // No more is shown, in all parts together or in the check.
  const content = contentOf(result, maxCharacters * Math.max(2, maxParts));
  const whole = result.outcome === "planned" ? wholeOf(result) : undefined;
  const totalMs = (): number => ports.now() - receivedAt;
  const outcome = await holdingComment(request, ports, async (commentLease) => {
    const [obstacle] = await Promise.all([obstacleNow(request, pull), lease.confirm()]);
    if (obstacle !== undefined) return obstacle;
    const writing = {
      pull,
      content,
      lease: commentLease,
      log,
      ...(whole !== undefined && { whole }),
    };
    const written = await writeComment(request, writing, ports).catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error;
      const labels = { ...labelsOf(request), github_status: error.status };
      log("ERROR", `GitHub refused the comment: ${error.message}`, labels);
    });
    const timings: Timings = {
      ...result.timings,
      queue_to_runner_ms: queueMs,
      comment_list_ms: written?.listMs ?? 0,
      comment_upsert_ms: written?.upsertMs ?? 0,
      total_run_ms: totalMs(),
    };
    if (written === undefined) return { comment: undefined, timings };
    const asked = ports.now();
    const body = withTimings(written.body, timingsLine(timings));
    commentLease.check();
    // The plan is there; a line about how long it took is not worth another plan.
    await pull.edit(written.comment.id, body).catch((error: unknown) => {
      log("WARNING", `The timings could not be added: ${String(error)}`);
    });
    const upsertMs = written.upsertMs + ports.now() - asked;
    return { comment: written.comment, timings: { ...timings, comment_upsert_ms: upsertMs } };
  });
  if (typeof outcome === "string") return outcome;
  await conclude(pull, check, checkOfResult(result, content, outcome.comment?.url));
  return { ...outcome, timings: { ...outcome.timings, total_run_ms: totalMs() } };
}

async function conclude(pull: PullRequest, check: Check, state: CheckState): Promise<void> {
  try {
    await pull.setCheck(check, state);
  } catch (error) {
    if (!(error instanceof TooLong)) throw error;
    await pull.setCheck(check, { ...state, text: undefined });
  }
}
