import * as v from "valibot";
import type { Incoming } from "./http-handler.ts";
import type { Log } from "../log.ts";
import type { Outcome } from "../outcome.ts";
import { refusal } from "./refusal.ts";
import type { Reply } from "./reply.ts";

/** A message has up to 10 MB (https://cloud.google.com/pubsub/quotas#resource_limits); base64 adds a third. */
export const MAX_PUSH_BYTES = 15_000_000;

/** Wrapped push (https://cloud.google.com/pubsub/docs/push#receive_push). */
const Envelope = v.object({
  message: v.object({
    data: v.optional(v.string(), ""),
    messageId: v.optional(v.string(), ""),
    publishTime: v.optional(v.string()),
    attributes: v.optional(v.record(v.string(), v.string()), {}),
  }),
  subscription: v.optional(v.string(), ""),
  deliveryAttempt: v.optional(v.number()),
});

/** One delivery of a message. */
export interface PushDelivery {
  readonly messageId: string;
  /** Undefined where it cannot be told. */
  readonly publishedAt: Date | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  /** 1 at first; counted only where the subscription has a dead-letter topic. */
  readonly deliveryAttempt: number | undefined;
}

/** What a handler is given besides the message. */
export interface PushContext {
  readonly delivery: PushDelivery;
  readonly log: Log;
  /** Aborted when Pub/Sub gave up waiting for the answer. */
  readonly signal: AbortSignal;
}

export interface PushHandlers<Message> {
  readonly handle: (message: Message, context: PushContext) => Promise<Outcome>;
  /** Told of a message that can never be handled; it is acknowledged after that. `decoded` is as far as it could be read. */
  readonly refuse?: (reason: string, decoded: unknown, context: PushContext) => Promise<Outcome>;
}

/**
 * A route's handler for a push subscription: validated message in, outcome out, translated to a status. 204 acknowledges;
 * a message that can never be handled is acknowledged too, since it would come again for days otherwise; 429 and 503 let
 * it come again.
 */
export function pushHandler<const Schema extends v.GenericSchema<unknown, object>>(
  schema: Schema,
  { handle, refuse }: PushHandlers<v.InferOutput<Schema>>,
): (incoming: Incoming) => Promise<Reply> {
  return async ({ body, requestId, log, signal }) => {
    const unwrapped = unwrap(body);
    if (unwrapped === undefined) return refused("The body is not a push envelope.");
    const { data, delivery } = unwrapped;
    const note = { message_id: delivery.messageId, delivery_attempt: delivery.deliveryAttempt };
    const context = { delivery, log, signal };
    const { decoded, problem } = decode(data);
    const parsed = v.safeParse(schema, decoded);
    if (parsed.success) return replyTo(await handle(parsed.output, context), requestId, note);
    const reason = problem ?? reasonOf(parsed.issues[0]);
    const outcome = await refuse?.(reason, decoded, context);
    if (outcome !== undefined && outcome.kind !== "done") return replyTo(outcome, requestId, note);
    return refused(reason, note);
  };
}

function reasonOf(issue: v.BaseIssue<unknown>): string {
  // valibot's own sentences repeat the value, which may be what no log should hold.
  const isTold = !issue.message.endsWith(issue.received);
  const must = isTold ? issue.message : `must be ${issue.expected ?? "another"}`;
  const what = issue.received === "undefined" ? "is required" : must;
  return `\`${v.getDotPath(issue) ?? "data"}\` ${what}`;
}

/** Undefined for what Pub/Sub did not wrap. */
function unwrap(body: Buffer): { data: string; delivery: PushDelivery } | undefined {
  const parsed = v.safeParse(Envelope, json(body.toString()));
  if (!parsed.success) return undefined;
  const { message, deliveryAttempt } = parsed.output;
  const publishedAt = new Date(message.publishTime ?? Number.NaN);
  return {
    data: message.data,
    delivery: {
      messageId: message.messageId,
      publishedAt: Number.isNaN(publishedAt.getTime()) ? undefined : publishedAt,
      attributes: message.attributes,
      deliveryAttempt,
    },
  };
}

// Standard alphabet with padding, as Pub/Sub sends it. Whole groups are not matched one by one: a long message would be
// too much for the engine's stack.
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

function decode(data: string): { decoded?: unknown; problem?: string } {
  if (data.length % 4 !== 0 || !BASE64.test(data)) {
    return { problem: "`message.data` is not base64." };
  }
  const decoded = json(Buffer.from(data, "base64").toString());
  return decoded === undefined ? { problem: "`message.data` is not JSON." } : { decoded };
}

/** Undefined for what is not JSON. */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refused(reason: string, note: Readonly<Record<string, unknown>> = {}): Reply {
  return {
    status: 204,
    body: {},
    severity: "ERROR",
    reason,
    note: { outcome: "refused", ...note },
  };
}

function replyTo(
  outcome: Outcome,
  requestId: string,
  about: Readonly<Record<string, unknown>>,
): Reply {
  if (outcome.kind === "done") {
    return { status: 204, body: {}, note: { outcome: "done", ...about, ...outcome.body } };
  }
  const reply = refusal(outcome, 503, requestId);
  return { ...reply, note: { ...reply.note, ...about } };
}
