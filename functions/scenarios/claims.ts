// Who launches a run: one object a signature, created once, names the run that its builds share.
import * as v from "valibot";
import { parsedJson, timestamp } from "./json.ts";
import { isStalled } from "./patches.ts";
import { claimPath } from "./paths.ts";
import { NOTHING, type RunStore } from "./run-store.ts";
import { backOff, jsonContent, readRun, type ContentionPorts, type ReadRun } from "./runs.ts";

const Claim = v.object({
  run_id: v.string(),
  claimed_at: v.string(),
  /** Until when its run may not be there yet. */
  lease_expires_at: v.string(),
});

export interface ClaimPorts extends ContentionPorts {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface Wanted {
  readonly signature: string;
  /** The run that is made, should there be none. */
  readonly runId: string;
  /** Makes it anyway. */
  readonly isForced: boolean;
}

export type Claimed =
  /** The claim is ours, and so is making that run. `parent`: the run whose place it takes by force. */
  | { readonly kind: "won"; readonly parent: string | undefined }
  /** The run is there, or is about to be. */
  | { readonly kind: "running"; readonly runId: string }
  | { readonly kind: "completed"; readonly runId: string }
  /** The run says it is running, and nobody is running it: it is to be set going again. */
  | { readonly kind: "stalled"; readonly runId: string; readonly execution: number };

/** How long whoever won has to create the run's first object. */
const CLAIM_SECONDS = 60;
const MAX_ATTEMPTS = 20;

/** Of all who ask for the same signature at once, one wins. */
export async function claim(
  store: RunStore,
  { signature, runId, isForced }: Wanted,
  ports: ClaimPorts,
): Promise<Claimed> {
  const path = claimPath(signature);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const stored = await store.get(path);
    const held = stored === undefined ? undefined : v.safeParse(Claim, parsedJson(stored.bytes));
    const current = held?.success === true ? held.output : undefined;
    const read = current === undefined ? undefined : await readRun(store, current.run_id);
    // Who asks again after a lost answer meets the claim of its own.
    if (
      current !== undefined &&
      stored !== undefined &&
      current.run_id === runId &&
      read === undefined
    ) {
      return { kind: "won", parent: undefined };
    }
    const isOurs = read?.run.signature === signature && !read.run.is_deleted;
    if (!isForced && current !== undefined) {
      const found = reusable(current, isOurs ? read : undefined, read === undefined, ports.now());
      if (found !== undefined) return found;
    }
    const now = ports.now();
    const ours: v.InferOutput<typeof Claim> = {
      run_id: runId,
      claimed_at: timestamp(now),
      lease_expires_at: timestamp(now + CLAIM_SECONDS * 1000),
    };
    const over = stored?.generation ?? NOTHING;
    const generation = await store.put(path, jsonContent(ours), over);
    const parent = isForced && isOurs ? current?.run_id : undefined;
    if (generation !== undefined) return { kind: "won", parent };
    if (attempt > 0) await backOff(attempt, ports);
  }
  throw new Error("The claim of a signature changes all the time.");
}

/** What may be shared of the run that is claimed; undefined where a new one is to take its place. */
function reusable(
  { run_id: runId, lease_expires_at: until }: v.InferOutput<typeof Claim>,
  read: ReadRun | undefined,
  isMissing: boolean,
  now: number,
): Claimed | undefined {
  if (read === undefined) {
    return isMissing && Date.parse(until) > now ? { kind: "running", runId } : undefined;
  }
  const { status, is_final: isFinal, execution } = read.run;
  if (!isFinal) {
    if (isStalled(read.run, now)) return { kind: "stalled", runId, execution };
    return { kind: "running", runId };
  }
  return status === "FAILED" || status === "FAIL" ? undefined : { kind: "completed", runId };
}
