/** A worker behind a queue. */
export interface Worker {
  readonly name: string;
  /** Short id of its queue. */
  readonly queue: string;
  readonly url: string;
  /** Audience of the token its tasks carry: the origin of `url`. */
  readonly audience: string;
  /** Dispatch deadline in seconds where the request names none. */
  readonly deadlineSeconds: number;
}

/** A task to be added. */
export interface NewTask {
  readonly worker: Worker;
  /** Short task id. */
  readonly id: string;
  /** Body of the request to the worker, JSON. */
  readonly body: string;
  readonly idempotencyKey: string;
  readonly deadlineSeconds: number;
  /** Absent: as soon as the queue allows. */
  readonly dueAt?: Date;
}

/** Why the task was not added. */
export type Refusal =
  /** Our account lacks a permission; Google's sentence says which, on what. */
  | "denied"
  | "exhausted"
  /** It may or may not have been stored. */
  | "unavailable"
  /** There is no such queue, or no such caller account. */
  | "missing"
  | "too-large"
  /** Our configuration or our request is wrong in Google's eyes. */
  | "invalid";

export type Added =
  /** `name` is the full resource name of the task. */
  | { readonly kind: "added"; readonly name: string }
  | { readonly kind: "exists"; readonly name: string }
  | { readonly kind: "refused"; readonly why: Refusal; readonly message: string };

export interface Tasks {
  /** Adds a task once. It never tries again by itself. */
  add(task: NewTask): Promise<Added>;
}

/** What the enqueuer needs from the world. */
export interface Ports {
  /** By name. */
  readonly workers: ReadonlyMap<string, Worker>;
  readonly tasks: Tasks;
  readonly now: () => Date;
  /** A key for a request that brings none; never the same twice. */
  readonly newKey: () => string;
}
