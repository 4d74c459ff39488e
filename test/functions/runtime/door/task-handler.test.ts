import { expect } from "chai";
import * as v from "valibot";
import { done, retry, slowDown } from "../../../../functions/runtime/outcome.ts";
import type { Outcome } from "../../../../functions/runtime/outcome.ts";
import { taskHandler } from "../../../../functions/runtime/door/task-handler.ts";
import type { Delivery } from "../../../../functions/runtime/door/task-handler.ts";
import { thrownBy } from "../../../support/thrown-by.ts";

const Payload = v.object({ n: v.number() });
const refusal = (code: string) => ({
  ok: false,
  error: { code, message: "reason" },
  request_id: "r",
});

async function deliver(
  logic: (payload: { n: number }, delivery: Delivery) => Promise<Outcome>,
  headers: Record<string, string> = { "x-idempotency-key": "k" },
  body = '{"n":1}',
) {
  const incoming = {
    headers,
    body: Buffer.from(body),
    requestId: "r",
    log: () => undefined,
    signal: AbortSignal.any([]),
  };
  const {
    status,
    body: answer,
    headers: sent,
    severity,
    reason,
    note,
  } = await taskHandler(Payload, logic)(incoming);
  return { status, answer, retryAfter: sent?.["retry-after"], line: { severity, reason, note } };
}

/** What the log line of a delivery says besides its status. */
function lineOf(outcome: string) {
  const note = { idempotency_key: "k", outcome };
  return outcome === "done"
    ? { severity: undefined, reason: undefined, note }
    : ({ severity: "WARNING", reason: "reason", note } as const);
}

describe("taskHandler", () => {
  const outcomes: [Outcome, Awaited<ReturnType<typeof deliver>>][] = [
    [
      done({ n: 2 }),
      { status: 200, answer: { ok: true, n: 2 }, retryAfter: undefined, line: lineOf("done") },
    ],
    [
      retry("reason"),
      { status: 502, answer: refusal("retry"), retryAfter: undefined, line: lineOf("retry") },
    ],
    [
      slowDown("reason", 30),
      { status: 429, answer: refusal("slow_down"), retryAfter: "30", line: lineOf("slow_down") },
    ],
  ];
  for (const [outcome, reply] of outcomes) {
    it(`answers ${outcome.kind} with ${reply.status}, and says so in the log`, async () => {
      expect(await deliver(() => Promise.resolve(outcome))).to.deep.equal(reply);
    });
  }

  it("reads the key and the retry count", async () => {
    const seen: Delivery[] = [];
    for (const count of [undefined, "0", "1", "3", "-1", "1.5", "x", ""]) {
      const headers: Record<string, string> =
        count === undefined ? {} : { "x-cloudtasks-taskretrycount": count };
      await deliver(
        (_payload, delivery) => {
          seen.push(delivery);
          return Promise.resolve(done());
        },
        { "x-idempotency-key": "k", ...headers },
      );
    }
    expect(seen).to.deep.equal(
      [0, 0, 1, 3, 0, 0, 0, 0].map((retryCount) => ({ idempotencyKey: "k", retryCount })),
    );
  });

  it("refuses a delivery without a key, and a payload that does not fit", async () => {
    const logic = () => Promise.resolve(done());
    const keyless: Record<string, string>[] = [{}, { "x-idempotency-key": "" }];
    for (const headers of keyless) {
      const error = await thrownBy(() => deliver(logic, headers));
      expect(error).to.have.property("status", 400);
      expect(error).to.have.nested.property("detail.field", "X-Idempotency-Key");
    }
    const wrong = await thrownBy(() => deliver(logic, undefined, '{"n":"1"}'));
    expect(wrong).to.have.property("status", 422);
    expect(wrong).to.have.nested.property("detail.field", "n");
  });
});
