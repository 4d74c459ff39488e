import { expect } from "chai";
import fc from "fast-check";
import { eventParser } from "../../../functions/producer/stream/event-parser.ts";
import type { Parsed } from "../../../functions/producer/stream/event-parser.ts";

/** Everything that comes of a text sent in chunks of that many bytes. */
function parse(text: string, bytes: number, max = 1_000_000): Parsed[] {
  const parser = eventParser(max);
  const sent = Buffer.from(text);
  const parsed: Parsed[] = [];
  for (let at = 0; at < sent.length; at += bytes)
    parsed.push(...parser(sent.subarray(at, at + bytes)));
  return parsed;
}

describe("eventParser", () => {
  it("reads events in any chunks, and no character in two (defect 11)", () => {
    const data = fc.string({ unit: "binary", minLength: 1 }).map((text) => JSON.stringify(text));
    fc.assert(
      fc.property(
        fc.array(data, { maxLength: 5 }),
        fc.integer({ min: 1, max: 40 }),
        (all, bytes) => {
          const text = all.map((each, at) => `id: ${at}\nevent: error\ndata: ${each}\n\n`).join("");
          const expected = all.map((each, at) => ({
            kind: "event",
            id: String(at),
            data: each.toWellFormed(),
          }));
          expect(parse(text, bytes)).to.deep.equal(expected);
        },
      ),
    );
  });

  it("takes a comment for a sign of life, and an id for one event's only", () => {
    expect(parse("id: 1\ndata: a\n\n: keep-alive\n\ndata: b\n\n", 7)).to.deep.equal([
      { kind: "event", id: "1", data: "a" },
      { kind: "comment" },
      { kind: "event", id: undefined, data: "b" },
    ]);
  });

  for (const end of ["\n", "\r\n"]) {
    it(`leaves out an event that is too large, and reads on behind it (${JSON.stringify(end)})`, () => {
      const frame = (id: string, data: string) => `id: ${id}${end}data: ${data}${end}${end}`;
      const text = `${frame("1", "a")}${frame("2", "x".repeat(200_000))}${frame("3", "b")}`;
      for (const bytes of [1_000, 16_384, 65_536]) {
        expect(parse(text, bytes, 50_000), String(bytes)).to.deep.equal([
          { kind: "event", id: "1", data: "a" },
          { kind: "too-large", id: "2" },
          { kind: "event", id: "3", data: "b" },
        ]);
      }
    });
  }

  it("keeps little of a line that never ends", () => {
    const parser = eventParser(50_000);
    const chunk = Buffer.alloc(65_536, "x");
    parser(Buffer.from("id: 1\ndata: "));
    global.gc?.();
    const before = process.memoryUsage().heapUsed;
    let reports = 0;
    for (let count = 0; count < 2_000; count += 1) reports += parser(chunk).length;
    expect(reports).to.equal(1);
    expect(process.memoryUsage().heapUsed - before).to.be.below(64_000_000);
  });

  it("never throws, whatever the bytes are", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), (chunks) => {
        const parser = eventParser(100);
        for (const chunk of chunks) parser(chunk);
      }),
      { numRuns: 500 },
    );
  });
});
