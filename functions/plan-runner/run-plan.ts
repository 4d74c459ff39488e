import { planLease } from "../messages/plan-names.ts";
import type { PlanRequest } from "../messages/plan-request.ts";
import type { Log } from "../runtime/log.ts";
import { done, retry } from "../runtime/outcome.ts";
import type { Outcome } from "../runtime/outcome.ts";
import { RUNNING, checkOfRefusal, checkOfRepetition, conclusionOf } from "./check.ts";
import { checkoutOf } from "./checkout.ts";
import { execute } from "./execute.ts";
import { Refused, Unavailable, outcomeOf } from "./faults.ts";
import { holdLease } from "./held-lease.ts";
import type { HeldLease } from "./held-lease.ts";
import { checkOfObstacle, obstacleNow } from "./obstacles.ts";
import type { Obstacle } from "./obstacles.ts";
import type { Check, Ports, PullRequest } from "./ports.ts";
import { publish } from "./publish.ts";
import { checkOf, isSameGitHub, labelsOf, targetOf } from "./request.ts";
import { finish, isFinished, resultOf } from "./results.ts";
import type { Result } from "./results.ts";

/** GitHub may not know yet of a pull request that it has told us of. */
const NEW_SECONDS = 60;
const NOT_FOUND = 404;
const NOT_YET = "GitHub does not know the pull request yet.";

/** One delivery of a request. */
export interface Delivery {
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  /** Undefined where it cannot be told. */
  readonly publishedAt: Date | undefined;
  /** Aborted when nobody waits for the outcome any more. */
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** Plans one directory of a pull request and comments on it. Asked twice for the same, it does it once. */
export async function runPlan(
  request: PlanRequest,
  delivery: Delivery,
  ports: Ports,
): Promise<Outcome> {
  const { log } = delivery;
  const labels = labelsOf(request);
  log("INFO", "message received", labels);
  const url = request.github_api_base_url;
  if (!isSameGitHub(url, ports.settings.baseUrl)) {
    log("ERROR", `\`github_api_base_url\` is not this stack's: ${String(url)}`, labels);
    return done({ result: "refused" });
  }
  try {
    const lease = await holdLease(planLease(request), ports.settings.leaseSeconds, ports);
    if (lease === undefined) {
      if (await isFinished(request, ports)) return done({ result: "repeated" });
      return retry("Another delivery works on this plan.");
    }
    try {
      const before = await resultOf(request, ports);
      if (before === undefined) {
        return done({ result: await work(request, delivery, lease, ports) });
      }
      if (before !== "unreadable") await settle(request, before, ports);
      return done({ result: "repeated" });
    } finally {
      await lease.release();
    }
  } catch (error) {
    return outcomeOf(error, log, labels);
  }
}

/** Whoever asks again may have set the check to wait for what has come already. */
async function settle(request: PlanRequest, before: Result, ports: Ports): Promise<void> {
  const pull = await ports.gitHub.open(targetOf(request));
  await pull.settleCheck(checkOf(request), checkOfRepetition(before));
}

type Ending = Obstacle | "planned" | "failed";

async function work(
  request: PlanRequest,
  delivery: Delivery,
  lease: HeldLease,
  ports: Ports,
): Promise<Ending> {
  const pull = await ports.gitHub.open(targetOf(request));
  const check = checkOf(request);
  const obstacle = await obstacleNow(request, pull).catch((error: unknown) => {
    throw isTooNew(error, delivery, ports) ? new Unavailable(NOT_YET) : error;
  });
  // The check is the newer message's by now.
  if (obstacle === "retargeted") return obstacle;
  if (obstacle !== undefined) return hindered(obstacle, pull, check);
  try {
    return await running(request, { pull, check, lease, ...delivery }, ports);
  } catch (error) {
    if (error instanceof Refused) {
      // What matters is the refusal, which is told all the same.
      await pull.setCheck(check, checkOfRefusal(error.message)).catch(() => undefined);
    }
    throw error;
  }
}

interface Run extends Delivery {
  readonly pull: PullRequest;
  readonly check: Check;
  readonly lease: HeldLease;
}

async function running(
  request: PlanRequest,
  { pull, check, lease, receivedAt, publishedAt, signal, log }: Run,
  ports: Ports,
): Promise<Ending> {
  // Both are waited for, so that nothing sets the check after a failure of the other.
  const [had, set] = await Promise.allSettled([
    checkoutOf(request, signal, ports),
    pull.setCheck(check, RUNNING),
  ]);
  if (set.status === "rejected") throw set.reason;
  if (had.status === "rejected") throw had.reason;
  const checkout = had.value;
  const result =
    "outcome" in checkout
      ? checkout
      : await execute(request, { pull, checkout, lease, receivedAt, signal }, ports);
  if (typeof result === "string") return hindered(result, pull, check);
  const labels = labelsOf(request);
  if (result.outcome === "failed") {
    log("WARNING", "plan failed", { ...labels, step: result.step });
  }
  const queueMs = publishedAt === undefined ? 0 : Math.max(0, receivedAt - publishedAt.getTime());
  const publication = { pull, check, lease, receivedAt, queueMs, log };
  const published = await publish(request, result, publication, ports);
  if (typeof published === "string") return hindered(published, pull, check);
  const { outcome } = result;
  const { id, url } = published.comment ?? {};
  const conclusion = conclusionOf(result);
  await finish(request, { outcome, conclusion, comment_id: id, comment_url: url }, ports);
  const cached = "isCached" in checkout && { git_fetch_cached: checkout.isCached };
  log("INFO", "timings", { ...labels, ...published.timings, ...cached });
  return outcome;
}

function isTooNew(error: unknown, { publishedAt }: Delivery, { now }: Ports): boolean {
  if (!(error instanceof Refused) || error.status !== NOT_FOUND) return false;
  return publishedAt !== undefined && now() - publishedAt.getTime() < NEW_SECONDS * 1000;
}

/** No result is kept: the same head may become the pull request's again, by a push, by reopening, by a label. */
async function hindered(obstacle: Obstacle, pull: PullRequest, check: Check): Promise<Obstacle> {
  await pull.setCheck(check, checkOfObstacle(obstacle));
  return obstacle;
}
