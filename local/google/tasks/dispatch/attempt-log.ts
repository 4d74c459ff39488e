/** The line that every attempt leaves in the log. */
import type { LogEntry, Severity } from "../../../log.ts";
import type { Queue, Task } from "../state.ts";
import type { Outcome } from "./delivery.ts";

export type Verdict =
  | { readonly kind: "done" }
  | { readonly kind: "retry"; readonly inMs: number }
  | { readonly kind: "given up" }
  /** Deleted, purged or expired while the attempt was under way. */
  | { readonly kind: "gone" };

const SEVERITY: Readonly<Record<Verdict["kind"], Severity>> = {
  done: "INFO",
  retry: "WARNING",
  "given up": "ERROR",
  gone: "INFO",
};

/** `queue-brain/ab12cd34… attempt 2: 503, next try in 0.2 s` */
export function attemptLine(
  queue: Queue,
  task: Task,
  attempt: number,
  outcome: Outcome,
  verdict: Verdict,
): LogEntry {
  const nextTry = verdict.kind === "retry" ? seconds(verdict.inMs) : undefined;
  return {
    source: "cloudtasks",
    severity: SEVERITY[verdict.kind],
    message: `${nameOf(queue, task)} ${ending(task, attempt, outcome, verdict)}`,
    fields: {
      queue: queue.id,
      task: task.id,
      attempt,
      status: outcome.answered ? outcome.status : outcome.code,
      ...(nextTry === undefined ? {} : { next_try_s: nextTry }),
    },
  };
}

/** A task that reached the end of its life without success. */
export function expiredLine(queue: Queue, task: Task): LogEntry {
  return {
    source: "cloudtasks",
    severity: "ERROR",
    message: `${nameOf(queue, task)} deleted after 31 days and ${task.dispatchCount} attempts`,
    fields: { queue: queue.id, task: task.id, attempt: task.dispatchCount },
  };
}

function ending(task: Task, attempt: number, outcome: Outcome, verdict: Verdict): string {
  const what = described(task, outcome);
  const said = `attempt ${attempt}: ${what}`;
  switch (verdict.kind) {
    case "done":
      return `${said}, done`;
    case "retry":
      return `${said}, next try in ${seconds(verdict.inMs)} s`;
    case "given up":
      return `gave up after ${attempt} ${attempt === 1 ? "attempt" : "attempts"}: ${what}`;
    case "gone":
      return `${said}, but the task is gone from its queue`;
  }
}

function described({ request }: Task, outcome: Outcome): string {
  if (!outcome.answered) return `no answer (${outcome.reason})`;
  const { status, why } = outcome;
  if (status !== 401 && status !== 403) return String(status);
  const caller = request.oidcToken?.serviceAccountEmail ?? "a caller without a token";
  const reason = why === undefined ? "" : `: ${why}`;
  return `${status}, ${new URL(request.url).host} refused ${caller}${reason}`;
}

function nameOf(queue: Queue, task: Task): string {
  return `${queue.id}/${task.id.length > 12 ? `${task.id.slice(0, 8)}…` : task.id}`;
}

function seconds(millis: number): number {
  return Math.round(millis) / 1000;
}
