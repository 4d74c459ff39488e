/** How the enqueuer's story puts tasks in and sees what becomes of them. */
import type { Journal, Noted } from "../../../demo/journal.ts";
import type { Answer, Stage } from "../../../demo/stage.ts";

export interface Enqueued {
  /** Full resource name. */
  readonly task: string;
  readonly key: string;
  /** When it was asked for, in milliseconds since this process began. */
  readonly askedAt: number;
}

export interface Attempt {
  /** HTTP status, or the code of an attempt that got no answer. */
  readonly status: string;
  /** The wait that Cloud Tasks announced; undefined after the last attempt. */
  readonly nextTrySeconds: number | undefined;
  /** When it had ended, in milliseconds since this process began. */
  readonly at: number;
}

export function ask(stage: Stage, body: object): Promise<Answer> {
  return stage.ask("enqueuer", "/enqueue", body);
}

/** Throws where the answer is not a task: nothing of what should follow could be seen then. */
export async function enqueue(stage: Stage, body: object): Promise<Enqueued> {
  const askedAt = performance.now();
  const { status, body: answer } = await ask(stage, body);
  if (status !== 200) throw new Error(`POST /enqueue answered ${status} where a task was expected`);
  const { task, idempotency_key: key } = answer as { task: string; idempotency_key: string };
  return { task, key, askedAt };
}

/** Oldest first. */
export function attemptsOf({ entries }: Journal, { task }: Enqueued): Attempt[] {
  const id = task.slice(task.lastIndexOf("/") + 1);
  return entries.filter((entry) => isAttempt(entry, id)).map(attemptOf);
}

/** `502, 502, 200`, or what to say where there was none. */
function statusesOf(journal: Journal, task: Enqueued): string {
  const statuses = attemptsOf(journal, task).map(({ status }) => status);
  return statuses.length === 0 ? "no attempt" : statuses.join(", ");
}

/** How often a worker said that it did the work of the task. */
export function timesDone({ entries }: Journal, { key }: Enqueued): number {
  return entries.filter(
    ({ source, fields }) =>
      source === "worker" && fields?.idempotency_key === key && fields.outcome === "done",
  ).length;
}

/** Waits for the worker's word and for that of the queue, in whichever order they come. */
export async function untilDone(stage: Stage, task: Enqueued): Promise<void> {
  const { journal } = stage;
  await stage.until(
    () => attemptsOf(journal, task).at(-1)?.status === "200" && timesDone(journal, task) > 0,
  );
}

/** `200, work done once` */
export function deliveryOf(journal: Journal, task: Enqueued): string {
  const done = timesDone(journal, task);
  const times = done === 1 ? "once" : `${done} times`;
  return `${statusesOf(journal, task)}, work done ${times}`;
}

function isAttempt({ source, fields }: Noted, id: string): boolean {
  return source === "cloudtasks" && fields?.task === id && fields.status !== undefined;
}

function attemptOf({ fields, at }: Noted): Attempt {
  const { status, next_try_s: next } = fields ?? {};
  return {
    status: String(status),
    nextTrySeconds: typeof next === "number" ? next : undefined,
    at,
  };
}
