/**
 * Cloud Tasks' data and its invariants: queues, their tasks, and the names that are blocked for a while. Times are
 * milliseconds since the epoch and are passed in; wire forms are elsewhere.
 */
import { Schedule } from "./dispatch/schedule.ts";
import type { Scheduled } from "./dispatch/schedule.ts";
import { SlowDown } from "./dispatch/slow-down.ts";
import { TokenBucket } from "./dispatch/token-bucket.ts";
import { QUEUE_NAME_BLOCKED_MS, TASK_LIFETIME_MS } from "./limits.ts";
import { shortId } from "./names.ts";
import type { QueueSettings } from "./queue-settings.ts";

export interface TaskRequest {
  readonly method: "POST" | "GET" | "HEAD" | "PUT" | "DELETE" | "PATCH" | "OPTIONS";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty where the task has none. */
  readonly body: Buffer;
  /** An empty audience stands for the URL. */
  readonly oidcToken:
    { readonly serviceAccountEmail: string; readonly audience: string } | undefined;
}

export interface Attempt {
  readonly scheduledAt: number;
  readonly dispatchedAt: number;
  /** Unset while no answer came. */
  respondedAt?: number;
  /** google.rpc.Status; unset while the attempt runs. */
  status?: { readonly code: number; readonly message: string };
}

export interface Task extends Scheduled {
  readonly name: string;
  readonly id: string;
  readonly createdAt: number;
  readonly request: TaskRequest;
  readonly dispatchDeadlineMs: number;
  /** Attempts sent. */
  dispatchCount: number;
  /** Attempts answered. */
  responseCount: number;
  /** Attempts answered with anything but a 5xx. */
  executionCount: number;
  firstAttemptAt: number | undefined;
  lastAttempt: Attempt | undefined;
  /** HTTP status of the last finished attempt; 504 where no answer came. */
  previousResponse: number | undefined;
}

export class Queue {
  readonly name: string;
  readonly id: string;
  settings: QueueSettings;
  isPaused = false;
  purgedAt: number | undefined;
  /** Attempts under way. */
  inFlight = 0;
  readonly bucket: TokenBucket;
  readonly slowDown = new SlowDown();
  readonly #waiting = new Schedule<Task>();
  /** By id, in the order of creation, which is also the order in which they expire. */
  readonly #tasks = new Map<string, Task>();
  /** No task reaches the end of its life before. */
  #expiryAt = Infinity;
  /** Ids of tasks that are gone → when they went, in that order. */
  readonly #gone = new Map<string, number>();
  #forgetAt: number;
  readonly #dedupWindowMs: number;

  constructor(name: string, settings: QueueSettings, dedupWindowMs: number, now: number) {
    this.name = name;
    this.id = shortId(name);
    this.settings = settings;
    this.bucket = new TokenBucket(settings.rate, now);
    this.#dedupWindowMs = dedupWindowMs;
    this.#forgetAt = now + dedupWindowMs;
  }

  /** New settings, in force at once. */
  configure(settings: QueueSettings, now: number): void {
    this.settings = settings;
    this.bucket.resize(settings.rate, now);
  }

  get tasks(): MapIterator<Task> {
    return this.#tasks.values();
  }

  /** The task that waits for its turn and is due first. */
  get next(): Task | undefined {
    return this.#waiting.first;
  }

  /** When to call `expire`. */
  get nextExpiry(): number | undefined {
    const tasks = this.#tasks.size === 0 ? Infinity : this.#expiryAt;
    const names = this.#gone.size === 0 ? Infinity : this.#forgetAt;
    const at = Math.min(tasks, names);
    return at === Infinity ? undefined : at;
  }

  find(id: string): Task | undefined {
    return this.#tasks.get(id);
  }

  /** Whether a task of that id is gone, but its name is still blocked. */
  isRecent(id: string, now: number): boolean {
    const at = this.#gone.get(id);
    return at !== undefined && now - at < this.#dedupWindowMs;
  }

  add(task: Task): void {
    if (this.#tasks.size === 0) this.#expiryAt = task.createdAt + TASK_LIFETIME_MS;
    this.#tasks.set(task.id, task);
    this.#waiting.put(task);
  }

  /** Whether the task is still in the queue: it may have been deleted while an attempt was under way. */
  holds(task: Task): boolean {
    return this.#tasks.get(task.id) === task;
  }

  /** Takes the task from those that wait, to be attempted. */
  claim(task: Task): void {
    this.#waiting.remove(task);
  }

  /** Lets a task wait for its next attempt. */
  postpone(task: Task, dueAt: number): void {
    task.dueAt = dueAt;
    this.#waiting.put(task);
  }

  /** Ends a task, done or not, and blocks its name. */
  remove(task: Task, now: number): void {
    this.#waiting.remove(task);
    this.#tasks.delete(task.id);
    this.#forget(now);
    // Last in the map, so that its order stays the order in time.
    this.#gone.delete(task.id);
    this.#gone.set(copyOf(task.id), now);
  }

  purge(now: number): void {
    for (const task of this.#tasks.values()) this.remove(task, now);
    this.purgedAt = now;
  }

  /** Removes the tasks at the end of their life and returns them; forgets names that are free again. */
  expire(now: number): Task[] {
    this.#forget(now);
    const expired: Task[] = [];
    if (now < this.#expiryAt) return expired;
    this.#expiryAt = Infinity;
    for (const task of this.#tasks.values()) {
      this.#expiryAt = task.createdAt + TASK_LIFETIME_MS;
      if (this.#expiryAt > now) break;
      this.remove(task, now);
      expired.push(task);
    }
    return expired;
  }

  /** Once per window: the first entry of a map that lost many before it is slow to find. */
  #forget(now: number): void {
    if (now < this.#forgetAt) return;
    this.#forgetAt = now + this.#dedupWindowMs;
    for (const [id, at] of this.#gone) {
      if (now - at < this.#dedupWindowMs) return;
      this.#gone.delete(id);
    }
  }
}

/** An id cut out of a name keeps the whole name in memory. */
function copyOf(id: string): string {
  return Buffer.from(id).toString();
}

/** What operations ask of the part that sends tasks. */
export interface Dispatcher {
  /** Looks at a queue again after its tasks or settings changed. */
  wake(queue: Queue): void;
  /** Sends a task now, whatever rate, pause and schedule say. */
  run(queue: Queue, task: Task): void;
  /** Drops what is planned for a queue that is gone. */
  forget(queue: Queue): void;
}

export class TasksState {
  readonly queues = new Map<string, Queue>();
  readonly dispatcher: Dispatcher;
  readonly #dedupWindowMs: number;
  /** Names of deleted queues → when. */
  readonly #deleted = new Map<string, number>();
  #order = 0;

  constructor(dispatcher: Dispatcher, dedupWindowMs: number) {
    this.dispatcher = dispatcher;
    this.#dedupWindowMs = dedupWindowMs;
  }

  /** A number that grows with every task. */
  nextOrder(): number {
    return this.#order++;
  }

  addQueue(name: string, settings: QueueSettings, now: number): Queue {
    const queue = new Queue(name, settings, this.#dedupWindowMs, now);
    this.queues.set(name, queue);
    this.#deleted.delete(name);
    return queue;
  }

  deleteQueue(queue: Queue, now: number): void {
    this.queues.delete(queue.name);
    this.#deleted.set(queue.name, now);
    this.dispatcher.forget(queue);
    queue.purge(now);
  }

  /** Whether a queue of that name was deleted too recently for a new one. */
  isBlocked(name: string, now: number): boolean {
    const at = this.#deleted.get(name);
    return at !== undefined && now - at < QUEUE_NAME_BLOCKED_MS;
  }
}
