import { expect } from "chai";
import fc from "fast-check";
import { meaningOf } from "../../../functions/producer/consumer/answer.ts";
import { callbackBody } from "../../../functions/producer/callback-body.ts";
import { argumentsOf, readEvent } from "../../../functions/producer/stream/tool-event.ts";
import { isoOf, timeOf } from "../../../functions/producer/times.ts";

const NOW = Date.parse("2026-01-01T12:00:00Z");

describe("meaningOf", () => {
  const ANSWER = { kind: "answer", answer: { result: 1, error: undefined } };

  for (const [line, meaning] of [
    ['{"id":"e","result":1}', ANSWER],
    ['{"event_id":"e","result":1,"error":null,"tool":{"name":"X"}}', ANSWER],
    ['{"result":1}', ANSWER],
    ['{"id":"other","result":1}', { kind: "nothing" }],
    [
      '{"id":"e","result":null,"error":"no"}',
      { kind: "answer", answer: { result: null, error: "no" } },
    ],
    [
      '{"event_id":"e","result":null,"error":{"message":"no"}}',
      { kind: "answer", answer: { result: null, error: "no" } },
    ],
    ["ready 1", { kind: "nothing" }],
    ["ping 1", { kind: "nothing" }],
    ['error 1 {"a":1}', { kind: "nothing" }],
    ['{"type":"ready","ts":1,"result":1}', { kind: "nothing" }],
    ['{"type":"gcs_sync_error","error":"x"}', { kind: "nothing" }],
    ['{"type":"ignore","reason":"no_tool","event_id":"e"}', { kind: "nothing" }],
    ['{"id":"e","error":null,"tool_call":{}}', { kind: "nothing" }],
    ['{"type":"end","ts":1}', { kind: "end", reason: "The consumer ended without an answer." }],
    [
      '{"type":"work_root_error","message":"x"}',
      { kind: "end", reason: "The consumer could not make its work folder." },
    ],
    [
      '{"error":"work_root_error"}',
      { kind: "end", reason: "The consumer could not make its work folder." },
    ],
    ["nonsense", { kind: "nothing" }],
    ["[]", { kind: "nothing" }],
  ] as const) {
    it(`reads ${line}`, () => {
      expect(meaningOf(line, "e")).to.deep.equal(meaning);
    });
  }
});

describe("callbackBody", () => {
  it("is a JSON object or array that fits, whatever the result is (defect 17)", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.option(fc.string(), { nil: undefined }), (result, error) => {
        const body = callbackBody({ result, error }, 300);
        expect(Buffer.byteLength(body)).to.be.at.most(300);
        expect(JSON.parse(body)).to.be.an.instanceOf(Object);
      }),
    );
  });

  it("cuts the longest text of a result that is too large", () => {
    const content = "é\u0000".repeat(300_000);
    const body = callbackBody({ result: { filepath: "a", content }, error: undefined });
    const cut = JSON.parse(body) as { filepath: string; content: string };
    expect(Buffer.byteLength(body)).to.be.within(500_000, 1_000_000);
    expect(cut.filepath).to.equal("a");
    expect(cut.content).to.match(/^é[^]*\n\.\.\. \[truncated\] \.\.\.$/);
  });

  it("says so where nothing can be cut, or nothing can be written", () => {
    const numbers = Array.from({ length: 500 }, () => 1);
    expect(callbackBody({ result: numbers, error: undefined }, 300)).to.contain(
      "larger than 300 bytes",
    );
    let deep: unknown = 1;
    for (let level = 0; level < 50_000; level += 1) deep = [deep];
    expect(callbackBody({ result: deep, error: undefined })).to.contain("nested too deep");
  });
});

describe("argumentsOf", () => {
  it("reads arguments as the contract says (2.4)", () => {
    const read = [undefined, null, "null", '{"a":1}', "[1]", "3", "text", { a: 1 }, 3, true].map(
      argumentsOf,
    );
    expect(read).to.deep.equal([
      {},
      {},
      null,
      { a: 1 },
      [1],
      { raw: "3" },
      { raw: "text" },
      { a: 1 },
      { value: 3 },
      { value: true },
    ]);
  });
});

describe("readEvent", () => {
  const read = (data: unknown, id: string | undefined = "e") =>
    readEvent({ kind: "event", id, data: JSON.stringify(data) }, { toolSeconds: 120, now: NOW });
  const call = (args: unknown, more: object = {}) =>
    read({ tool_call: { function: { name: "RUN_COMMAND", arguments: args } }, ...more });

  it("waits as long as the tool says, up to the consumer's limit (defect 1)", () => {
    const seconds = [
      call({}),
      call({ timeoutSeconds: 17 }),
      call('{"timeoutSeconds":"30"}'),
      call({ timeoutSeconds: 9_999 }),
      call({}, { timeout_seconds: 45 }),
      call({}, { timeout_seconds: null }),
    ].map((event) => event && "toolSeconds" in event && event.toolSeconds);
    expect(seconds).to.deep.equal([120, 17, 30, 600, 45, 600]);
  });

  it("leaves out an event without an id, and takes one that is no tool's for another event", () => {
    expect(read({}, "")).to.equal(undefined);
    const time = "2026-01-01T12:00:00.000Z";
    for (const data of [{}, [], "text", null, { tool_call: { function: { name: "" } } }]) {
      expect(read(data)).to.deep.equal({ id: "e", time, data: undefined });
    }
  });

  it("never throws, however deep an event is nested", () => {
    const data = `{"tool_call":{"function":{"name":"X","arguments":{}}},"a":${"[".repeat(30_000)}${"]".repeat(30_000)}}`;
    const event = readEvent({ kind: "event", id: "e", data }, { toolSeconds: 1, now: NOW });
    expect(event).to.have.property("toolSeconds");
  });
});

describe("times", () => {
  it("reads any unit as ISO, and nothing else (defect 16)", () => {
    const read = ["2026-01-01T12:00:00Z", "1767268800.5", 1_767_268_800, 1_767_268_800_000].map(
      isoOf,
    );
    expect(read).to.deep.equal([
      "2026-01-01T12:00:00.000Z",
      "2026-01-01T12:00:00.500Z",
      "2026-01-01T12:00:00.000Z",
      "2026-01-01T12:00:00.000Z",
    ]);
    expect(["", "soon", null, {}, -1, Number.NaN, 1e300].map(isoOf)).to.deep.equal(
      Array.from({ length: 7 }, () => undefined),
    );
  });

  it("believes the time in an id that is near the sender's", () => {
    const id = `${NOW.toString(36)}${"0".repeat(16)}`;
    expect(timeOf(id, NOW / 1000 - 5, NOW)).to.equal("2026-01-01T12:00:00.000Z");
    expect(timeOf(id, NOW / 1000 - 86_400, NOW)).to.equal("2025-12-31T12:00:00.000Z");
    expect(timeOf("own-id", undefined, NOW)).to.equal("2026-01-01T12:00:00.000Z");
  });
});
