/**
 * What should happen to a delivery. For Cloud Tasks and Pub/Sub the status code is the retry decision, so the decision
 * has a name, and task-handler.ts and push-handler.ts derive the status from it.
 */
export type Outcome =
  | { readonly kind: "done"; readonly body: Readonly<Record<string, unknown>> }
  | { readonly kind: "retry"; readonly reason: string }
  | { readonly kind: "slowDown"; readonly reason: string; readonly afterSeconds: number };

/** Finished, or had been finished before. A task is answered with 200 and `{ok: true, ...body}`, a message with 204. */
export function done(body: Readonly<Record<string, unknown>> = {}): Outcome {
  return { kind: "done", body };
}

/** May work later. A task is answered with 502, so that only it backs off; a message with 503. */
export function retry(reason: string): Outcome {
  return { kind: "retry", reason };
}

/**
 * Too busy, here or at what we depend on: 429 with Retry-After. A queue slows down as a whole then
 * (google/cloud/tasks/v2/target.proto); it would for 503 too, which Cloud Run itself answers for an instance that failed.
 */
export function slowDown(reason: string, afterSeconds: number): Outcome {
  return { kind: "slowDown", reason, afterSeconds };
}
