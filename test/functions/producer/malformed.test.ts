import { expect } from "chai";
import fc from "fast-check";
import { meaningOf } from "../../../functions/producer/consumer/answer.ts";
import { callbackBody } from "../../../functions/producer/callback-body.ts";
import { eventParser } from "../../../functions/producer/stream/event-parser.ts";
import { linesOf } from "../../../functions/producer/consumer/lines.ts";
import { isToolEvent, readEvent } from "../../../functions/producer/stream/tool-event.ts";

const STREAMS = 10_000;
const MAX_CHARACTERS = 2_000;
const DEFAULTS = { toolSeconds: 60, now: Date.parse("2026-01-01T12:00:00Z") };

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.json(),
  fc.constantFrom("{", "[".repeat(3_000), '{"tool_call":null}', "\u0000", "x".repeat(3_000)),
);
const bytes = fc.uint8Array({ maxLength: 200 }).map((each) => Buffer.from(each));

/** Cut anywhere. */
function pieces(whole: Buffer, size: number): Buffer[] {
  const count = Math.ceil(whole.length / size);
  return Array.from({ length: count }, (_, at) => whole.subarray(at * size, (at + 1) * size));
}

describe("the producer, given malformed bytes", () => {
  it(`reads ${STREAMS} event streams, and forwards only what is an event with an id`, () => {
    const tool = fc
      .record({
        create_time: fc.jsonValue(),
        callback_id: fc.jsonValue(),
        timeout_seconds: fc.jsonValue(),
        tool_call: fc.oneof(
          fc.jsonValue(),
          fc.record({ function: fc.record({ name: fc.jsonValue(), arguments: fc.jsonValue() }) }),
          fc.record({ function: fc.record({ name: fc.string(), arguments: fc.jsonValue() }) }),
        ),
      })
      .map((each) => JSON.stringify(each));
    const block = fc
      .tuple(fc.constantFrom("id", "data", "event", "retry", ""), fc.oneof(text, tool))
      .map(([field, value]) => `${field}: ${value}`);
    const frame = fc
      .tuple(fc.string(), fc.oneof(tool, text))
      .map(([id, data]) => `id: ${id}\ndata: ${data}\n`);
    const end = fc.constantFrom("\n", "\n\n", "\r\n\r\n", "\r");
    const stream = fc.oneof(
      bytes,
      fc
        .array(fc.tuple(fc.oneof(block, frame), end), { maxLength: 4 })
        .map((parts) => Buffer.from(parts.flat().join(""))),
    );
    let forwarded = 0;
    fc.assert(
      fc.property(stream, fc.integer({ min: 1, max: 300 }), (sent, size) => {
        const parse = eventParser(MAX_CHARACTERS);
        for (const parsed of pieces(sent, size).flatMap((piece) => [...parse(piece)])) {
          if (parsed.kind === "comment") continue;
          const event = readEvent(parsed, DEFAULTS);
          if (event === undefined || !isToolEvent(event) || event.line === undefined) continue;
          forwarded += 1;
          expect(JSON.parse(event.line)).to.have.property("id", event.id);
          expect(event.line).to.not.include("\n");
          expect(event.toolSeconds).to.be.within(1, 600);
          expect(event.time).to.equal(new Date(event.time).toISOString());
        }
      }),
      { numRuns: STREAMS },
    );
    expect(forwarded).to.be.greaterThan(STREAMS / 100);
  });

  it(`reads ${STREAMS} responses of a consumer, and takes none of another event for an answer`, async () => {
    const line = fc.oneof(
      text,
      fc
        .record(
          {
            id: fc.oneof(fc.jsonValue(), fc.constantFrom("e1", "e2")),
            event_id: fc.jsonValue(),
            type: fc.oneof(fc.jsonValue(), fc.constantFrom("end", "error", "ping")),
            result: fc.jsonValue(),
            error: fc.jsonValue(),
          },
          { requiredKeys: [] },
        )
        .map((each) => JSON.stringify(each)),
    );
    const response = fc.oneof(
      bytes,
      fc.array(line, { maxLength: 5 }).map((lines) => Buffer.from(lines.join("\n"))),
    );
    let answers = 0;
    await fc.assert(
      fc.asyncProperty(response, fc.integer({ min: 1, max: 300 }), async (sent, size) => {
        for await (const each of linesOf(chunksOf(pieces(sent, size)))) {
          const meaning = meaningOf(each, "e1");
          if (meaning.kind !== "answer") continue;
          answers += 1;
          const { id, event_id } = JSON.parse(each) as { id?: unknown; event_id?: unknown };
          expect(id ?? event_id ?? "e1").to.equal("e1");
          expect(JSON.parse(callbackBody(meaning.answer))).to.be.an.instanceOf(Object);
        }
      }),
      { numRuns: STREAMS },
    );
    expect(answers).to.be.greaterThan(STREAMS / 100);
  });
});

// eslint-disable-next-line @typescript-eslint/require-await -- a body is an asynchronous one
async function* chunksOf(chunks: readonly Buffer[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
