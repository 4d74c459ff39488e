import * as v from "valibot";
import { checkoutLease, checkoutRecord } from "../messages/plan-names.ts";
import type { PlanRequest } from "../messages/plan-request.ts";
import { isLeaseHeld } from "../runtime/lease.ts";
import type { Failed } from "./comment/content.ts";
import { NO_PLAN_TIMINGS } from "./comment/timings.ts";
import { Unavailable, Unusable } from "./faults.ts";
import { holdLease } from "./held-lease.ts";
import { patiently } from "../runtime/patience.ts";
import type { Ports } from "./ports.ts";
import { targetOf } from "./request.ts";

/** How long an archive is used after it was kept. The bucket deletes it later: its least is a day. */
const USED_MS = 3_600_000;
/** What a download may take. GitHub sends the largest archive that is taken in a tenth of it. */
const DOWNLOAD_SECONDS = 120;

/** What became of a commit's download, for the directories that come after the first. */
const Known = v.union([
  v.object({ kept_at: v.number(), archive: v.string() }),
  v.object({ kept_at: v.number(), refusal: v.string() }),
]);
type Known = v.InferOutput<typeof Known>;

/** A commit's archive. */
export interface Checkout {
  /** Its name, as the executor is told it. */
  readonly archive: string;
  /** Another plan of the commit had downloaded it. */
  readonly isCached: boolean;
  readonly tookMs: number;
}

/**
 * Has a commit's archive kept where the executor can read it: once an hour, however many plans ask. Returns a failed plan
 * where GitHub does not hand it out, or it is too large. Throws Unavailable or Refused.
 * @param signal aborted when nobody waits for it any more
 */
export async function checkoutOf(
  request: PlanRequest,
  signal: AbortSignal,
  ports: Ports,
): Promise<Checkout | Failed> {
  const started = ports.now();
  try {
    const { known, isCached } = await knowing(request, signal, ports);
    if ("refusal" in known) throw new Unusable(known.refusal, { isLasting: true });
    return { archive: known.archive, isCached, tookMs: ports.now() - started };
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    const { message, hint } = error;
    const timings = { ...NO_PLAN_TIMINGS, git_fetch_ms: ports.now() - started };
    const failed = { outcome: "failed", step: "git fetch", error: message, timings } as const;
    return hint === undefined ? failed : { ...failed, hint };
  }
}

/** One of those who ask downloads; the others wait for it, and one of them takes its place where it dies. */
async function knowing(
  request: PlanRequest,
  signal: AbortSignal,
  ports: Ports,
): Promise<{ readonly known: Known; readonly isCached: boolean }> {
  const name = checkoutLease(request);
  const { leaseSeconds } = ports.settings;
  const outcome = await patiently(leaseSeconds + DOWNLOAD_SECONDS, ports, async () => {
    const before = await knownOf(request, ports);
    if (before !== undefined) return { known: before, isCached: true };
    if (await isLeaseHeld(name, ports)) return undefined;
    const lease = await holdLease(name, leaseSeconds, ports);
    if (lease === undefined) return undefined;
    try {
      // Whoever had the lease may have finished in between.
      const since = await knownOf(request, ports);
      if (since !== undefined) return { known: since, isCached: true };
      const until = AbortSignal.any([signal, lease.signal]);
      return { known: await downloaded(request, until, ports), isCached: false };
    } finally {
      await lease.release();
    }
  });
  if (outcome === undefined) throw new Unavailable("Another run downloads the commit.");
  return outcome;
}

async function knownOf(request: PlanRequest, { objects, now }: Ports): Promise<Known | undefined> {
  const stored = await objects.read(checkoutRecord(request));
  if (stored === undefined) return undefined;
  const known = v.safeParse(v.pipe(v.string(), v.parseJson(), Known), stored.content);
  return known.success && now() - known.output.kept_at < USED_MS ? known.output : undefined;
}

async function downloaded(request: PlanRequest, signal: AbortSignal, ports: Ports): Promise<Known> {
  const known = { kept_at: ports.now(), ...(await kept(request, signal, ports)) };
  // Two whose lease was lost may write it: whatever it says is true of the commit.
  await ports.objects.write(checkoutRecord(request), JSON.stringify(known), "application/json");
  return known;
}

async function kept(
  request: PlanRequest,
  signal: AbortSignal,
  ports: Ports,
): Promise<{ readonly archive: string } | { readonly refusal: string }> {
  const { head_sha: sha } = request.pull_request;
  const overdue = new AbortController();
  const stop = ports.after(DOWNLOAD_SECONDS, () => overdue.abort());
  const until = AbortSignal.any([signal, overdue.signal]);
  try {
    const archive = await ports.gitHub.archive(targetOf(request), sha, until);
    return { archive: await ports.archives.keep(archive, until) };
  } catch (error) {
    if (overdue.signal.aborted) {
      const message = `The commit was not downloaded within ${DOWNLOAD_SECONDS} seconds.`;
      throw new Unavailable(message);
    }
    if (!(error instanceof Unusable && error.isLasting)) throw error;
    const commit = `${request.repo.full_name} @ ${sha}`;
    return { refusal: `The archive of ${commit} cannot be used. ${error.message}` };
  } finally {
    stop();
  }
}
