import { expect } from "chai";
import fc from "fast-check";
import { ConsumerServer, CONTEXT } from "../../support/consumer-server.ts";

const REQUESTS = 1_000;
const AT_ONCE = 16;

const call = fc.record(
  {
    id: fc.jsonValue(),
    type: fc.constantFrom("tool", "callback", 1),
    tool: fc.constantFrom("READ_FILE", "UPDATE_FILE", "GCS_SYNC", "RUN_COMMAND", "X"),
    args: fc.oneof(
      fc.jsonValue(),
      fc.record({ filepath: fc.oneof(fc.string({ unit: "binary" }), fc.jsonValue()) }),
    ),
    tool_call: fc.jsonValue(),
  },
  { requiredKeys: [] },
);
const line = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.json(),
  call.map((each) => JSON.stringify(each)),
);
const body = fc.oneof(
  fc.array(line, { maxLength: 5 }).map((lines) => Buffer.from(lines.join("\n"))),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
);

describe("the consumer, given malformed streams", () => {
  it(`answers ${REQUESTS} of them with lines or a 4xx, and is still there`, async () => {
    const consumer = await ConsumerServer.start();
    const waiting = fc.sample(fc.tuple(body, fc.boolean()), { seed: 3, numRuns: REQUESTS });
    const work = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const [sent, hasContext] = next;
        const response = await fetch(`${consumer.url}/sessions/stream`, {
          method: "POST",
          headers: hasContext ? CONTEXT : {},
          body: new Uint8Array(sent),
        });
        expect(response.status).to.equal(hasContext ? 200 : 400);
        await response.text();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    expect((await fetch(`${consumer.url}/healthz`)).status).to.equal(200);
    expect(consumer.logged.filter(({ severity }) => severity === "ERROR")).to.deep.equal([]);
    await consumer.stop();
  });
});
