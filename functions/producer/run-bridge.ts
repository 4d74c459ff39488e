import { objectsWithin } from "../bridge/objects-within.ts";
import type { BridgeRun } from "../messages/bridge-run.ts";
import { Bridge, UNREADABLE_STATE, isStopped } from "./bridge.ts";
import { Ending } from "./ending.ts";
import type { Cause } from "./ending.ts";
import { acquireLock } from "./lock.ts";
import type { Ports } from "./ports.ts";

/** What a run comes to. */
export type RunResult =
  /** Another holds the lock, and works. */
  | { readonly kind: "conflict" }
  /** Over; a successor is queued where there is more to do. */
  | { readonly kind: "ended"; readonly by: Cause; readonly hasSuccessor: boolean }
  /** The same task should come again. */
  | { readonly kind: "retry"; readonly reason: string };

/** After these the task is to come again; the others end the run for good, or have a successor. */
const COMES_AGAIN: readonly Cause[] = [
  "stopping",
  "gone",
  "lock-expired",
  "refused",
  "cursor",
  "state",
];
const MIN_LEASE_SECONDS = 30;
/** For one request to the state bucket. */
const STATE_SECONDS = 20;

/**
 * Carries the events of one workspace to the consumer and its answers back, from the lock's taking to its release, for as
 * long as the caller waits. `gone` is aborted when the caller does no longer.
 */
export async function runBridge(
  run: BridgeRun,
  gone: AbortSignal,
  given: Ports,
): Promise<RunResult> {
  const objects = objectsWithin(STATE_SECONDS, given.objects, given);
  const ports: Ports = { ...given, objects };
  const { settings, now, log } = ports;
  const patience = Math.min(run.deadline_s, settings.timeoutSeconds) - settings.marginSeconds;
  const endAt = now() + patience * 1000;
  const isOver = await isStopped(run, objects).catch(() => undefined);
  if (isOver === undefined) return { kind: "retry", reason: UNREADABLE_STATE };
  if (isOver) return { kind: "ended", by: "stopped", hasSuccessor: false };

  const ending = new Ending(ports, settings.shutdownSeconds);
  const stopListening = listen(ending, ports.stopping, gone);
  try {
    const nameOf = (id: string): string => `${settings.consumerId}-${id}-`;
    const acquired = await acquireLock(
      run.tenant,
      `${nameOf(run.run_id)}${ports.newId()}`,
      Math.max(MIN_LEASE_SECONDS, (run.lease_ms ?? settings.leaseSeconds * 1000) / 1000),
      ending.abandon,
      (loss) => ending.end(`lock-${loss}`),
      ports,
    );
    if (acquired.kind === "unknown") return { kind: "retry", reason: acquired.reason };
    if (acquired.kind === "conflict") {
      // A run of the same chain that was killed holds it until its lease is over; nobody else would go on with its work.
      const own = [run.run_id, run.predecessor].filter((id) => id !== undefined).map(nameOf);
      const isOwn = own.some((name) => acquired.holder?.startsWith(name));
      return isOwn
        ? { kind: "retry", reason: "The lock of an earlier run is not over yet." }
        : { kind: "conflict" };
    }
    const { lock } = acquired;
    const bridge = new Bridge(run, lock, ending, endAt, ports);
    const cause = await bridge.run();
    await lock.release(cause);
    return await resultOf(cause, bridge, run, ending, ports);
  } finally {
    stopListening();
    ending.close();
    log("INFO", "A run is over", {
      run_id: run.run_id,
      took_ms: now() - (endAt - patience * 1000),
    });
  }
}

function listen(ending: Ending, stopping: AbortSignal, gone: AbortSignal): () => void {
  const onStopping = (): void => ending.end("stopping", "The instance is to end.");
  const onGone = (): void => ending.end("gone", "The caller went away.");
  if (stopping.aborted) onStopping();
  if (gone.aborted) onGone();
  stopping.addEventListener("abort", onStopping);
  gone.addEventListener("abort", onGone);
  return () => {
    stopping.removeEventListener("abort", onStopping);
    gone.removeEventListener("abort", onGone);
  };
}

async function resultOf(
  cause: Cause,
  bridge: Bridge,
  run: BridgeRun,
  ending: Ending,
  ports: Ports,
): Promise<RunResult> {
  if (COMES_AGAIN.includes(cause)) {
    return {
      kind: "retry",
      reason: ending.reason === "" ? `It ended by ${cause}.` : ending.reason,
    };
  }
  // Whoever posts an event and then asks for a start finds the lock held before its release, or starts anew after it: what
  // came in between is seen by looking once more.
  const isMore = cause === "deadline" || (cause === "idle" && (await bridge.hasMore()));
  if (!isMore) return { kind: "ended", by: cause, hasSuccessor: false };
  try {
    const runId = ports.newId();
    const active_at = new Date(cause === "idle" ? ports.now() : bridge.activeAt).toISOString();
    await ports.addRun({ ...run, run_id: runId, predecessor: run.run_id, active_at }, runId);
    return { kind: "ended", by: cause, hasSuccessor: true };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { kind: "retry", reason: `The successor could not be queued: ${why}` };
  }
}
