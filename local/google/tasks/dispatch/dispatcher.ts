/**
 * Sends the tasks of all queues: when (schedule, rate, concurrency, pause, slow-down), and what an outcome means for
 * the task (done, retry, given up). One timer per queue, on the cloud's clock.
 */
import type { Timer } from "../../../clock.ts";
import type { Cloud } from "../../api.ts";
import type { Attempt, Dispatcher, Queue, Task } from "../state.ts";
import { attemptLine, expiredLine } from "./attempt-log.ts";
import type { Verdict } from "./attempt-log.ts";
import { backoffMs, isGivenUp } from "./backoff.ts";
import { deliver, statusOf } from "./delivery.ts";
import type { Outcome } from "./delivery.ts";
import type { History } from "./request.ts";
import { asksToSlowDown } from "./slow-down.ts";

interface Started {
  readonly queue: Queue;
  readonly task: Task;
  readonly attempt: Attempt;
  /** 1 for the first. */
  readonly number: number;
  readonly history: History;
  /** Whether RunTask asked for it: the retry delay then counts from the request (cloudtasks.proto, RunTask). */
  readonly isForced: boolean;
}

export class CloudDispatcher implements Dispatcher {
  readonly #cloud: Cloud;
  readonly #planned = new Map<Queue, { readonly at: number; readonly timer: Timer }>();
  /** Ends an attempt, one entry per attempt under way. */
  readonly #underWay = new Set<(reason: string) => void>();
  #isStopped = false;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  wake(queue: Queue): void {
    if (this.#isStopped) return;
    const at = nextLook(queue);
    const planned = this.#planned.get(queue);
    if (planned?.at === at) return;
    this.forget(queue);
    if (at === undefined) return;
    const timer = this.#cloud.clock.at(at, () => this.#look(queue));
    this.#planned.set(queue, { at, timer });
  }

  run(queue: Queue, task: Task): void {
    if (this.#isStopped) return;
    const started = this.#begin(queue, task, true);
    this.#cloud.clock.at(this.#cloud.clock.now(), () => this.#attempt(started));
    this.wake(queue);
  }

  forget(queue: Queue): void {
    this.#planned.get(queue)?.timer.cancel();
    this.#planned.delete(queue);
  }

  /** Ends what is under way and sends nothing more. */
  stop(): void {
    this.#isStopped = true;
    for (const queue of this.#planned.keys()) this.forget(queue);
    for (const end of this.#underWay) end("Cloud Tasks stopped");
  }

  /** Starts everything that may start now; the promise ends with the last of these attempts. */
  #look(queue: Queue): Promise<void> | undefined {
    this.#planned.delete(queue);
    const now = this.#cloud.clock.now();
    for (const task of queue.expire(now)) this.#cloud.log(expiredLine(queue, task));
    const attempts: Promise<void>[] = [];
    for (let task = queue.next; task !== undefined; task = queue.next) {
      if (readyAt(queue, task) > now || !queue.bucket.take(now)) break;
      attempts.push(this.#attempt(this.#begin(queue, task, false)));
    }
    this.wake(queue);
    return attempts.length === 0 ? undefined : Promise.all(attempts).then(() => undefined);
  }

  #begin(queue: Queue, task: Task, isForced: boolean): Started {
    const now = this.#cloud.clock.now();
    const attempt: Attempt = { scheduledAt: task.dueAt, dispatchedAt: now };
    const history: History = {
      retryCount: task.dispatchCount,
      executionCount: task.executionCount,
      previousResponse: task.previousResponse,
      scheduledAt: task.dueAt,
    };
    queue.claim(task);
    queue.inFlight += 1;
    task.dispatchCount += 1;
    task.firstAttemptAt ??= now;
    task.lastAttempt = attempt;
    return { queue, task, attempt, number: task.dispatchCount, history, isForced };
  }

  /** One attempt, ended by its answer, its dispatch deadline or the stop, whether or not the request can be ended. */
  async #attempt(started: Started): Promise<void> {
    const { queue, task, history } = started;
    const { clock, log } = this.#cloud;
    const request = new AbortController();
    const ended = Promise.withResolvers<Outcome>();
    const end = (reason: string): void => {
      ended.resolve({ answered: false, code: "DEADLINE_EXCEEDED", reason });
      request.abort(new Error(reason));
    };
    this.#underWay.add(end);
    const allowed = task.dispatchDeadlineMs;
    const deadline = clock.at(clock.now() + allowed, () =>
      end(`nothing within ${allowed / 1000} s`),
    );
    const answer = deliver(this.#cloud, queue, task, history, request.signal);
    const outcome = await Promise.race([answer, ended.promise]);
    deadline.cancel();
    this.#underWay.delete(end);
    queue.inFlight -= 1;
    if (this.#isStopped) return;
    const verdict = this.#judge(started, outcome);
    log(attemptLine(queue, task, started.number, outcome, verdict));
    this.wake(queue);
  }

  /** Writes an outcome into the task and the queue, and says what becomes of the task. */
  #judge({ queue, task, attempt, number, isForced }: Started, outcome: Outcome): Verdict {
    const now = this.#cloud.clock.now();
    const { retry } = queue.settings;
    attempt.respondedAt = now;
    attempt.status = statusOf(outcome);
    task.previousResponse = outcome.answered ? outcome.status : 504;
    if (outcome.answered) {
      task.responseCount += 1;
      if (outcome.status < 500) task.executionCount += 1;
      const { status, retryAfterMs } = outcome;
      if (status >= 200 && status < 300) queue.slowDown.succeeded(attempt.dispatchedAt);
      if (asksToSlowDown(status)) {
        queue.slowDown.overloaded(now, attempt.dispatchedAt, retryAfterMs);
      }
    }
    if (!queue.holds(task)) return { kind: "gone" };
    if (attempt.status.code === 0) {
      queue.remove(task, now);
      return { kind: "done" };
    }
    if (isGivenUp(retry, number, now - (task.firstAttemptAt ?? now))) {
      queue.remove(task, now);
      return { kind: "given up" };
    }
    const from = isForced ? attempt.dispatchedAt : now;
    queue.postpone(task, from + backoffMs(retry, number));
    return { kind: "retry", inMs: Math.max(task.dueAt, queue.slowDown.until, now) - now };
  }
}

/** When the queue has something to do next: a task to send, or something to expire. */
function nextLook(queue: Queue): number | undefined {
  const { next, nextExpiry } = queue;
  const ready =
    next === undefined ? Infinity : Math.max(readyAt(queue, next), queue.bucket.availableAt());
  const at = Math.min(ready, nextExpiry ?? Infinity);
  return at === Infinity ? undefined : at;
}

/** When the task may be sent as far as anything but the rate goes; never, until something changes, as Infinity. */
function readyAt(queue: Queue, task: Task): number {
  const isFull = queue.inFlight >= queue.settings.rate.maxConcurrentDispatches;
  return queue.isPaused || isFull ? Infinity : Math.max(task.dueAt, queue.slowDown.until);
}
