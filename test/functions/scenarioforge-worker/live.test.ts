import { expect } from "chai";
import { bodyOf, header } from "../../../local/http/message.ts";
import { Gemini } from "../../../local/outside/gemini/index.ts";
import type { Posted, PostRequest } from "../../../functions/scenarios/gemini/call.ts";
import { sealed } from "../../../functions/scenarios/seal.ts";
import { RUN, TENANT, WorkerByHand } from "./worker-by-hand.ts";

const KEY = "AIza-a-key-of-a-test";
const PAGE = `Energy prices and trade in the United States. ${"Prices rise and rules change. ".repeat(20)}`;

/** A live run against the stand-in Gemini, with sources enough. */
async function liveRun(gemini: Gemini): Promise<WorkerByHand> {
  const worker = new WorkerByHand();
  worker.settings = { ...worker.settings, maxAttempts: 2 };
  worker.gemini.post = async (request: PostRequest): Promise<Posted> => {
    const answer = await gemini.send({
      method: "POST",
      url: new URL(request.url),
      headers: Object.entries(request.headers),
      body: Buffer.from(request.body),
      signal: request.signal,
    });
    const body = (await bodyOf(answer)).toString();
    return { status: answer.status, retryAfter: header(answer.headers, "retry-after"), body };
  };
  worker.fetchPage = (url) =>
    Promise.resolve({ title: url, text: PAGE, contentType: "text/plain", httpStatus: 200 });
  const sources = Array.from({ length: 15 }, (_, index) => `https://example.com/${index}`);
  await worker.launch({ sources }, { allow_web: false, image_model: "off" }, false);
  const [task] = worker.queue.splice(0);
  if (task === undefined) throw new Error("Nothing was launched.");
  const purpose = { tenant: TENANT, runId: RUN };
  const sealed_key = sealed(KEY, worker.settings.sealKey, purpose);
  worker.queue.push({ ...task, sealed_key });
  await worker.drain();
  return worker;
}

describe("a live run", () => {
  it("is completed against a Gemini that answers by schema", async function () {
    this.timeout(60_000);
    const worker = await liveRun(new Gemini({ log: () => undefined }));
    expect([worker.run.error, worker.run.is_final]).to.deep.equal([null, true]);
    expect(worker.run.status).to.match(/^COMPLETED/);
    expect(worker.json("artifacts/forces.json")).to.have.property("forces").with.length(60);
  });

  it("ends in order where every answer fits the schema and is hostile", async function () {
    this.timeout(60_000);
    const gemini = new Gemini({ log: () => undefined });
    gemini.faults.order({ fault: "hostile", times: 1_000 });
    const worker = await liveRun(gemini);
    expect(worker.run.is_final).to.equal(true);
    const texts = [...worker.stores.objects].filter(([name]) => name.endsWith(".json"));
    for (const [name, { bytes }] of texts) {
      const text = bytes.toString();
      // Nothing that a reader cannot see, nothing without an end, nobody's key, and no member that is not ours.
      expect(text, name).not.to.match(/[\u202a-\u202e\u2066-\u2069]|\\u00(?:0[0-8bcef]|1)/);
      expect(bytes.length, name).to.be.below(2_000_000);
      expect(text, name).not.to.include(KEY);
      expect(text, name).not.to.include("isAdmin");
    }
    const writes = worker.stores.calls.filter((call) => call.startsWith("put "));
    expect(writes.filter((call) => !/^put public\/[\w./-]+$/.test(call))).to.deep.equal([]);
  });

  for (const fault of ["no-candidates", "no-content", "not-json", "thoughts"] as const) {
    it(`gets over an answer with ${fault}`, async function () {
      this.timeout(60_000);
      const gemini = new Gemini({ log: () => undefined });
      gemini.faults.order({ fault, times: 1 });
      const worker = await liveRun(gemini);
      expect(worker.run.status).to.match(/^COMPLETED/);
    });
  }
});
