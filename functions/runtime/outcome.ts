/**
 * What should happen to a delivery. For Cloud Tasks and Pub/Sub the status code is the retry decision, so the decision
 * has a name and the status is derived from it (google/cloud/tasks/v2/target.proto: 429 and 503 slow the whole queue,
 * any other failure backs off that task only).
 */
export type Outcome =
  | { readonly kind: "done"; readonly body: Readonly<Record<string, unknown>> }
  | { readonly kind: "retry"; readonly reason: string }
  | { readonly kind: "slowDown"; readonly reason: string; readonly afterSeconds: number };

/** Finished, or had been finished before: 200 with `{ok: true, ...body}`. */
export function done(body: Readonly<Record<string, unknown>> = {}): Outcome {
  return { kind: "done", body };
}

/** May work later: 502, so that only this task backs off. */
export function retry(reason: string): Outcome {
  return { kind: "retry", reason };
}

/**
 * Too busy, here or at what we depend on: 429 with Retry-After, so that the whole queue slows down. Not 503, which is what
 * Cloud Run itself answers for an instance that failed.
 */
export function slowDown(reason: string, afterSeconds: number): Outcome {
  return { kind: "slowDown", reason, afterSeconds };
}
