import type { IncomingHttpHeaders } from "node:http";
import type * as v from "valibot";
import { HttpError } from "../errors.ts";
import type { Incoming } from "./http-handler.ts";
import { parseBody } from "./json-handler.ts";
import type { Outcome } from "../outcome.ts";
import { refusal } from "./refusal.ts";
import type { Reply } from "./reply.ts";

/** What Cloud Tasks says about a delivery (https://cloud.google.com/tasks/docs/creating-http-target-tasks#handler). */
export interface Delivery {
  /** X-Idempotency-Key, put on the task by whoever created it. */
  readonly idempotencyKey: string;
  /** X-CloudTasks-TaskRetryCount: 0 on the first attempt, and where a person calls without Cloud Tasks. */
  readonly retryCount: number;
}

/** A route's handler for HTTP tasks: validated payload and delivery in, outcome out, translated to a status. */
export function taskHandler<const Schema extends v.GenericSchema<unknown, object>>(
  schema: Schema,
  logic: (payload: v.InferOutput<Schema>, delivery: Delivery) => Promise<Outcome>,
): (incoming: Incoming) => Promise<Reply> {
  return async ({ headers, body, requestId }) => {
    const delivery = deliveryOf(headers);
    const outcome = await logic(parseBody(schema, body).input, delivery);
    const reply = replyTo(outcome, requestId);
    return { ...reply, note: { idempotency_key: delivery.idempotencyKey, ...reply.note } };
  };
}

function deliveryOf(headers: IncomingHttpHeaders): Delivery {
  const idempotencyKey = headers["x-idempotency-key"];
  if (typeof idempotencyKey !== "string" || idempotencyKey === "") {
    const field = "X-Idempotency-Key";
    throw new HttpError(400, "missing_header", `The header ${field} is required.`, { field });
  }
  const count = Number(headers["x-cloudtasks-taskretrycount"] ?? 0);
  return { idempotencyKey, retryCount: Number.isSafeInteger(count) && count > 0 ? count : 0 };
}

function replyTo(outcome: Outcome, requestId: string): Reply {
  if (outcome.kind !== "done") return refusal(outcome, 502, requestId);
  return { status: 200, body: { ok: true, ...outcome.body }, note: { outcome: "done" } };
}
