// What happens to a run, as pure changes of run.json. `now`: milliseconds since the epoch.
import { timestamp } from "./json.ts";
import type { NodeEvent, NodeStatus, Run } from "./run.ts";
import type { Patch } from "./runs.ts";

export interface NewRun {
  readonly runId: string;
  readonly signature: string;
  readonly payload: Record<string, unknown>;
  readonly label: string;
  /** The run of the same signature that this one takes the place of. */
  readonly parent?: string | undefined;
  readonly leaseSeconds: number;
}

/** A run that was just launched. */
export function newRun(
  { runId, signature, payload, label, parent, leaseSeconds }: NewRun,
  now: number,
): Run {
  return {
    run_id: runId,
    status: "RUNNING",
    is_final: false,
    created_at: timestamp(now),
    updated_at: timestamp(now),
    node_status: {},
    signature,
    signature_payload: payload,
    label,
    execution: 1,
    lease_expires_at: timestamp(now + leaseSeconds * 1000),
    is_deleted: false,
    ...(parent !== undefined && { parent_run_id: parent }),
  };
}

/** Set going once more, where it failed or stood still: the same execution is not begun twice. */
export function resumed(execution: number, leaseSeconds: number, now: number): Patch {
  return (run) =>
    run.execution !== execution - 1
      ? run
      : {
          ...run,
          status: "RUNNING",
          is_final: false,
          error: null,
          execution,
          updated_at: timestamp(now),
          lease_expires_at: timestamp(now + leaseSeconds * 1000),
        };
}

/** What its events say of its nodes by now, which is a sign of life too. */
export function progressed(events: readonly NodeEvent[], leaseSeconds: number, now: number): Patch {
  return (run) =>
    run.is_final
      ? run
      : {
          ...run,
          node_status: withEvents(run.node_status, events),
          updated_at: timestamp(now),
          lease_expires_at: timestamp(now + leaseSeconds * 1000),
        };
}

export interface Ending {
  readonly status: "COMPLETED" | "COMPLETED_WITH_WARNINGS" | "FAILED";
  readonly events: readonly NodeEvent[];
  /** In words, where it failed. */
  readonly error?: string | undefined;
  readonly warnings?: Record<string, unknown> | undefined;
  /** What the artifacts say by now. Default: as before. */
  readonly label?: string | undefined;
}

/** The end of an execution; a later one, or an end that came before, is left alone. */
export function ended(
  execution: number,
  { status, events, error, warnings, label }: Ending,
  now: number,
): Patch {
  return (run) =>
    run.is_final || run.execution !== execution
      ? run
      : {
          ...run,
          status,
          is_final: true,
          node_status: withEvents(run.node_status, events),
          updated_at: timestamp(now),
          completed_at: timestamp(now),
          lease_expires_at: null,
          error: error ?? null,
          ...(warnings !== undefined && { warnings }),
          ...(label !== undefined && { label }),
        };
}

/** Soft: the objects stay. A second time changes nothing. */
export function deleted(runId: string, by: string, now: number): Patch {
  return (run) =>
    run.is_deleted
      ? run
      : {
          ...run,
          run_id: run.run_id ?? runId,
          is_deleted: true,
          deleted_at: timestamp(now),
          deleted_by: by,
          updated_at: timestamp(now),
        };
}

export function undeleted(now: number): Patch {
  return (run) =>
    run.is_deleted
      ? {
          ...run,
          is_deleted: false,
          deleted_at: null,
          deleted_by: null,
          updated_at: timestamp(now),
        }
      : run;
}

/** What events say of nodes; not where run.json knows of something later: they may have been read a while ago. */
function withEvents(
  known: Readonly<Record<string, NodeStatus>>,
  events: readonly NodeEvent[],
): Record<string, NodeStatus> {
  const told = Object.entries(nodeStatusOf(events)).filter(
    ([node, { updated_at: at }]) => (known[node]?.updated_at ?? "") <= at,
  );
  return { ...known, ...Object.fromEntries(told) };
}

/** The last event of each node's last attempt; an error that a later attempt got over is gone. */
export function nodeStatusOf(events: readonly NodeEvent[]): Record<string, NodeStatus> {
  const last = new Map<string, NodeEvent>();
  for (const event of events) {
    const before = last.get(event.node);
    if (before === undefined || before.attempt <= event.attempt) last.set(event.node, event);
  }
  return Object.fromEntries(
    [...last].map(([node, { status, attempt, timestamp: at, duration_seconds, error }]) => [
      node,
      { status, attempt, updated_at: at, duration_seconds, error: error ?? null },
    ]),
  );
}

/** Whether a run that says it is running has given no sign of life for too long. */
export function isStalled({ is_final, lease_expires_at: until }: Run, now: number): boolean {
  if (is_final) return false;
  // One without a lease was not written by us: nobody is going to finish it.
  return !(Date.parse(until ?? "") > now);
}
