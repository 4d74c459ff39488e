import { createHmac, timingSafeEqual } from "node:crypto";
import { HttpError } from "../runtime/errors.ts";
import type { Incoming, Route } from "../runtime/door/http-handler.ts";
import { parseJsonObject } from "../runtime/json.ts";
import type { Reply } from "../runtime/door/reply.ts";
import { inTime } from "./deadline.ts";
import { readEvent } from "./events.ts";
import type { Ask } from "./events.ts";
import { plan } from "./plan.ts";
import type { Attempt } from "./attempt.ts";
import type { Planned } from "./plan.ts";
import type { Ports } from "./ports.ts";
import { withdraw } from "./withdraw.ts";

/** As large as GitHub's webhooks may be (docs.github.com/webhooks/webhook-events-and-payloads#payload-cap). */
const MAX_BODY_BYTES = 25 * 1024 * 1024;

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const SIGNATURE = /^sha256=[0-9a-f]{64}$/;
const TEXT = "ok\n";

/** What answers GitHub. Who sends no headers like GitHub's gets no memory for a body. */
export function webhook(ports: Ports): Route {
  return {
    // eslint-disable-next-line @typescript-eslint/require-await -- what is thrown is a rejection
    admit: async (headers) => void required(headers),
    maxBodyBytes: MAX_BODY_BYTES,
    otherMethods: 404,
    handle: (incoming) => receive(incoming, ports),
  };
}

/**
 * Answers one webhook: 202 once a plan request is durably published, 200 where there is nothing to do. Throws an HttpError:
 * 400, 401 and 422 for what is not GitHub's, 503 for what should be delivered again.
 */
export async function receive(
  { headers, body, log }: Pick<Incoming, "headers" | "body" | "log">,
  ports: Ports,
): Promise<Reply> {
  const { event, signature, delivery } = required(headers);
  // Before anything looks into the body: who does not know the secret reaches no parser.
  requireSignature(body, signature, ports.webhookSecret);
  const deadline = ports.deadline();
  const reading = readEvent(event, parseJsonObject(body).value, ports.appId);
  switch (reading.kind) {
    case "nothing":
      return ok(200, { event, delivery });
    case "malformed": {
      const { field, problem } = reading;
      const message = `\`${field ?? "body"}\` ${problem}.`;
      throw new HttpError(422, "invalid_field", message, { field });
    }
    case "note":
      return ok(200, { event, delivery, ...reading.note });
    case "ask":
      return answer({ ask: reading.ask, delivery, ports, deadline, queued: [] }, log);
  }
}

async function answer(attempt: Attempt, log: Incoming["log"]): Promise<Reply> {
  const { ask, delivery, ports, deadline } = attempt;
  const { event, action, repo } = ask;
  const note = { event, action, delivery, repo: repo.full_name, ...subjectOf(ask) };
  log("INFO", "webhook received", note);
  if (await inTime(deadline, () => ports.deliveries.isKnown(delivery))) {
    return { ...ok(200, { delivery }), reason: "it was published before" };
  }
  const { messages, reason } = await publish(attempt, log);
  if (messages.length === 0) return { ...ok(200, { delivery }), reason };
  for (const { request } of messages) {
    const { pull_request, work } = request;
    const which = { pr: pull_request.number, plan_id: work.plan_id, dir: work.dir };
    log("INFO", "plan job enqueued", { topic: ports.topic, repo: repo.full_name, ...which });
  }
  // What is published is published: a redelivery would do no harm, so it need not be asked for.
  await inTime(deadline, () => ports.deliveries.remember(delivery)).catch((error: unknown) => {
    log("WARNING", `The delivery could not be remembered: ${String(error)}`, { delivery });
  });
  return { ...ok(202, { delivery }), reason };
}

/** Finds the plans, queues their checks, and publishes the requests. What fails leaves no check waiting. */
async function publish(attempt: Attempt, log: Incoming["log"]): Promise<Planned> {
  const { ports, deadline } = attempt;
  try {
    const planned = await inTime(deadline, () => plan(attempt));
    const { messages } = planned;
    if (messages.length > 0) await inTime(deadline, () => ports.publish(messages));
    return planned;
  } catch (error) {
    const withdrawn = withdraw(attempt, log);
    // What takes longer goes on after the answer, as far as the instance is let.
    await inTime(deadline, () => withdrawn).catch(() => undefined);
    throw error;
  }
}

function subjectOf({ subject }: Ask): Record<string, unknown> {
  if ("pullRequest" in subject) {
    return { pr_number: subject.pullRequest.number, head_sha: subject.pullRequest.headSha };
  }
  return "number" in subject ? { pr_number: subject.number } : { head_sha: subject.sha };
}

function ok(status: 200 | 202, note: Readonly<Record<string, unknown>>): Reply {
  return { status, body: TEXT, note };
}

const HEADERS = ["x-github-event", "x-hub-signature-256", "x-github-delivery"] as const;

function required(headers: Incoming["headers"]) {
  const missing = HEADERS.filter((name) => (headers[name] ?? "") === "");
  if (missing.length > 0) {
    const message = `Required headers are missing: ${missing.join(", ")}.`;
    throw new HttpError(400, "missing_header", message, { field: missing[0] });
  }
  const [event = "", signature = "", delivery = ""] = HEADERS.map((name) => String(headers[name]));
  if (!GUID.test(delivery)) {
    const field = "x-github-delivery";
    throw new HttpError(400, "invalid_header", `${field} must be a GUID.`, { field });
  }
  if (!SIGNATURE.test(signature)) throw badSignature("The signature must be sha256=<hex>.");
  // One delivery has one name, however its letters are written.
  return { event, signature, delivery: delivery.toLowerCase() };
}

/** docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries */
function requireSignature(body: Buffer, signature: string, secret: string): void {
  const expected = Buffer.from(`sha256=${createHmac("sha256", secret).update(body).digest("hex")}`);
  const given = Buffer.from(signature);
  if (given.length === expected.length && timingSafeEqual(given, expected)) return;
  throw badSignature("The signature does not match the body.");
}

function badSignature(message: string): HttpError {
  return new HttpError(401, "bad_signature", message, { field: "x-hub-signature-256" });
}
