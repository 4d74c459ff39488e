import { expect } from "chai";
import fc from "fast-check";
import * as v from "valibot";
import { done, retry, slowDown } from "../../../../functions/runtime/outcome.ts";
import type { Outcome } from "../../../../functions/runtime/outcome.ts";
import { pushHandler } from "../../../../functions/runtime/door/push-handler.ts";
import type {
  PushDelivery,
  PushHandlers,
} from "../../../../functions/runtime/door/push-handler.ts";

const Message = v.object({ n: v.number(), a: v.optional(v.object({ b: v.string() })) });
type Message = v.InferOutput<typeof Message>;

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const wrapped = (data: string | undefined, difference: object = {}, beside: object = {}) =>
  JSON.stringify({
    message: {
      data,
      messageId: "m-1",
      publishTime: "2026-01-01T12:00:00.123456789Z",
      ...difference,
    },
    subscription: "projects/p/subscriptions/s",
    ...beside,
  });

async function push(body: string | Buffer, handlers: Partial<PushHandlers<Message>> = {}) {
  const reply = await pushHandler(Message, {
    handle: () => Promise.resolve(done()),
    ...handlers,
  })({
    headers: {},
    body: Buffer.from(body),
    requestId: "r",
    log: () => undefined,
    signal: new AbortController().signal,
  });
  return reply;
}

describe("pushHandler", () => {
  const outcomes: [
    Outcome,
    status: number,
    code: string | undefined,
    retryAfter: string | undefined,
  ][] = [
    [done({ n: 2 }), 204, undefined, undefined],
    [retry("reason"), 503, "retry", undefined],
    [slowDown("reason", 30), 429, "slow_down", "30"],
  ];
  for (const [outcome, status, code, retryAfter] of outcomes) {
    it(`answers ${outcome.kind} with ${status}, and says so in the log`, async () => {
      const body64 = base64('{"n":1}');
      const reply = await push(wrapped(body64, {}, { deliveryAttempt: 3 }), {
        handle: () => Promise.resolve(outcome),
      });
      const body =
        code === undefined
          ? {}
          : { ok: false, error: { code, message: "reason" }, request_id: "r" };
      expect([reply.status, reply.body, reply.headers?.["retry-after"]]).to.deep.equal([
        status,
        body,
        retryAfter,
      ]);
      const { severity, reason, note } = reply;
      expect({ severity, reason, note }).to.deep.equal({
        severity: code === undefined ? undefined : "WARNING",
        reason: code === undefined ? undefined : "reason",
        note: {
          outcome: code ?? "done",
          message_id: "m-1",
          delivery_attempt: 3,
          ...(code === undefined && { n: 2 }),
        },
      });
    });
  }

  it("hands on the message and what is known of its delivery", async () => {
    const seen: [Message, PushDelivery][] = [];
    const handle: PushHandlers<Message>["handle"] = (message, { delivery }) => {
      seen.push([message, delivery]);
      return Promise.resolve(done());
    };
    await push(
      wrapped(
        base64('{"n":1}'),
        { attributes: { k: "v" }, message_id: "x" },
        { deliveryAttempt: 3 },
      ),
      { handle },
    );
    await push(JSON.stringify({ message: { data: base64('{"n":2}'), publishTime: "soon" } }), {
      handle,
    });
    expect(seen).to.deep.equal([
      [
        { n: 1 },
        {
          messageId: "m-1",
          publishedAt: new Date("2026-01-01T12:00:00.123Z"),
          attributes: { k: "v" },
          deliveryAttempt: 3,
        },
      ],
      [
        { n: 2 },
        { messageId: "", publishedAt: undefined, attributes: {}, deliveryAttempt: undefined },
      ],
    ]);
  });

  const unreadable: [what: string, body: string, reason: string, messageId: string | undefined][] =
    [
      ["no JSON", "{", "The body is not a push envelope.", undefined],
      ["no envelope", "[]", "The body is not a push envelope.", undefined],
      ["an unwrapped message", '{"n":1}', "The body is not a push envelope.", undefined],
      ["data that is not base64", wrapped("e30"), "`message.data` is not base64.", "m-1"],
      ["data of another alphabet", wrapped("-_-_"), "`message.data` is not base64.", "m-1"],
      ["no data", wrapped(undefined), "`message.data` is not JSON.", "m-1"],
      ["data that is not JSON", wrapped(base64("{")), "`message.data` is not JSON.", "m-1"],
      ["a missing member", wrapped(base64("{}")), "`n` is required", "m-1"],
      ["a list", wrapped(base64("7")), "`data` must be Object", "m-1"],
      ["a wrong member", wrapped(base64('{"n":1,"a":{"b":2}}')), "`a.b` must be string", "m-1"],
    ];
  for (const [what, body, reason, messageId] of unreadable) {
    it(`acknowledges ${what}, and logs it as an error with the message's id`, async () => {
      const { status, severity, reason: said, note } = await push(body);
      const about =
        messageId === undefined ? {} : { message_id: messageId, delivery_attempt: undefined };
      expect({ status, severity, said, note }).to.deep.equal({
        status: 204,
        severity: "ERROR",
        said: reason,
        note: { outcome: "refused", ...about },
      });
    });
  }

  it("tells of a message that cannot be handled, as far as it could be read", async () => {
    const told: unknown[] = [];
    const refuse: PushHandlers<Message>["refuse"] = (reason, decoded, { delivery }) => {
      told.push([reason, decoded, delivery.messageId]);
      return Promise.resolve(done());
    };
    for (const data of [base64('{"m":1}'), base64("{"), "?"]) await push(wrapped(data), { refuse });
    expect(told).to.deep.equal([
      ["`n` is required", { m: 1 }, "m-1"],
      ["`message.data` is not JSON.", undefined, "m-1"],
      ["`message.data` is not base64.", undefined, "m-1"],
    ]);
  });

  it("lets such a message come again where nobody could be told", async () => {
    const refuse = () => Promise.resolve(retry("later"));
    const { status, reason, note } = await push(wrapped(base64("{}")), { refuse });
    expect({ status, reason, note }).to.deep.equal({
      status: 503,
      reason: "later",
      note: { outcome: "retry", message_id: "m-1", delivery_attempt: undefined },
    });
  });

  it("takes a message of 10 MB, as large as Pub/Sub has them", async () => {
    const data = base64(JSON.stringify({ n: 1, pad: "x".repeat(10_000_000) }));
    expect((await push(wrapped(data))).note).to.include({ outcome: "done" });
  });

  it("acknowledges any bytes, and never throws", async () => {
    const envelope = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((json) => wrapped(base64(json))),
      fc.string().map((text) => wrapped(text)),
      fc.jsonValue().map((value) => wrapped(base64("{}"), { attributes: value })),
      fc.jsonValue().map((value) => JSON.stringify({ message: value, deliveryAttempt: value })),
      fc.constantFrom(
        "[".repeat(50_000),
        wrapped(base64("[".repeat(50_000))),
        wrapped(base64('{"a":'.repeat(50_000) + "1" + "}".repeat(50_000))),
      ),
    );
    const bytes = fc.oneof(
      envelope.map((text) => Buffer.from(text)),
      fc.uint8Array().map((array) => Buffer.from(array)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (body) => {
        expect((await push(body)).status).to.equal(204);
      }),
      { numRuns: 2_000 },
    );
  });
});
