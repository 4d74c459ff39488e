import * as v from "valibot";
import { HttpError } from "../runtime/errors.ts";
import { done, retry, slowDown } from "../runtime/outcome.ts";
import type { Outcome } from "../runtime/outcome.ts";
import type { Ports } from "./ports.ts";

const Count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100));

/** What a payload may ask the sample worker to play. */
const Simulation = v.strictObject({
  /** Seconds that the work takes. Default 0. */
  take_s: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1_800)), 0),
  /** The first so many attempts answer 429 with Retry-After: the queue slows down. Default 0. */
  busy_times: v.optional(Count, 0),
  /** So many attempts after those fail. Default 0. */
  fail_times: v.optional(Count, 0),
  /** The status they fail with, 400 to 599. Default 502: only this task backs off. */
  status: v.optional(v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(599)), 502),
});

/** A payload is any JSON object; only `simulate` means something here. */
export const Payload = v.looseObject({ simulate: v.optional(Simulation, {}) });
export type Payload = v.InferOutput<typeof Payload>;

/** The part of a delivery that this worker looks at. */
export interface Attempt {
  readonly idempotencyKey: string;
  /** 0 on the first attempt. */
  readonly retryCount: number;
}

const BUSY_SECONDS = 1;

/** Does the work of one delivery. Delivered twice, it is done once. */
export async function process(payload: Payload, attempt: Attempt, ports: Ports): Promise<Outcome> {
  const key = attempt.idempotencyKey;
  const claim = await ports.deliveries.begin(key);
  if (claim === "done") return finished(key, true, ports);
  if (claim === "running") return retry("An earlier delivery of this task is still running.");
  try {
    const outcome = await work(payload, attempt, claim.signal, ports);
    if (outcome.kind === "done") await claim.finish();
    return outcome;
  } catch (error) {
    if (claim.signal.aborted) return retry("The claim was lost; another delivery may have it.");
    throw error;
  } finally {
    await claim.release();
  }
}

/**
 * Put your own work here. What it throws, other than an HttpError, answers 500, and the task comes again.
 * @param signal aborted when another delivery may begin, which happens only where the claim could not be renewed
 */
async function work(
  { simulate }: Payload,
  attempt: Attempt,
  signal: AbortSignal,
  ports: Ports,
): Promise<Outcome> {
  const { idempotencyKey, retryCount } = attempt;
  if (simulate.take_s > 0) await ports.wait(simulate.take_s, signal);
  if (retryCount < simulate.busy_times) {
    return slowDown("Busy, as the payload asked.", BUSY_SECONDS);
  }
  if (retryCount < simulate.busy_times + simulate.fail_times) {
    throw new HttpError(simulate.status, "simulated_failure", "Failed, as the payload asked.");
  }
  return finished(idempotencyKey, false, ports);
}

function finished(key: string, repeated: boolean, { name }: Ports): Outcome {
  return done({ worker: name, idempotency_key: key, repeated });
}
