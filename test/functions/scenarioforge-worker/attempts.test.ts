import { expect } from "chai";
import type { Posted } from "../../../functions/scenarios/gemini/call.ts";
import type { PipelineRequest } from "../../../functions/scenarios/request.ts";
import { sealed } from "../../../functions/scenarios/seal.ts";
import { completed } from "../../../functions/scenarioforge-worker/ending.ts";
import { runNode } from "../../../functions/scenarioforge-worker/run-node.ts";
import { KEY, posted, saying, ScriptedGemini } from "../scenarios/gemini/scripted-gemini.ts";
import { MockRun } from "./mock-run.ts";
import { RUN, TENANT, WorkerByHand } from "./worker-by-hand.ts";

/** A live run whose worker has a key of the server's. */
async function live(
  gemini: ScriptedGemini,
  request: Partial<PipelineRequest> = {},
): Promise<WorkerByHand> {
  const worker = new WorkerByHand();
  worker.gemini = gemini;
  worker.settings = { ...worker.settings, key: KEY };
  await worker.launch(request, {}, false);
  return worker;
}

/** The first delivery of the first task, changed in some way. */
async function delivered(worker: WorkerByHand, difference: object = {}) {
  const task = worker.queue.shift();
  if (task === undefined) throw new Error("Nothing was launched.");
  return worker.time.until(runNode({ ...task, ...difference }, worker.ports()));
}

describe("an attempt at a node", () => {
  it("spends the server's key where the launcher sent none", async () => {
    const gemini = new ScriptedGemini(saying("{}"));
    await delivered(await live(gemini));
    expect(gemini.asked[0]?.headers["x-goog-api-key"]).to.equal(KEY);
  });

  it("spends nobody's key where the sealed one is of another run", async () => {
    const gemini = new ScriptedGemini(saying("{}"));
    const worker = await live(gemini);
    const purpose = { tenant: TENANT, runId: "another" };
    await delivered(worker, { sealed_key: sealed(KEY, worker.settings.sealKey, purpose) });
    expect(gemini.asked).to.deep.equal([]);
    expect(worker.run.error).to.match(/^charter: No API key found/);
  });

  it("ends when its time is over, and may be made again", async () => {
    const gemini = new ScriptedGemini();
    gemini.post = ({ signal }) => {
      const { promise, reject } = Promise.withResolvers<Posted>();
      signal.addEventListener("abort", () => reject(new Error("aborted")));
      return promise;
    };
    const worker = await live(gemini);
    const before = worker.time.now;
    const outcome = await delivered(worker);
    expect(outcome).to.deep.equal({ kind: "retry", reason: "It took longer than it may." });
    expect(worker.time.now - before).to.be.within(500_000, 501_000);
    expect(worker.time.pending).to.equal(0);
  });

  it("fails the run with the last that it may have, not with a delivery more", async () => {
    const worker = await live(new ScriptedGemini(posted(503, "")));
    await worker.drain();
    expect(worker.outcomes.map(({ kind }) => kind)).to.deep.equal(["retry", "retry", "done"]);
  });

  it("slows the queue down for five minutes at most", async () => {
    const worker = await live(new ScriptedGemini(posted(429, "", "40000")));
    expect(await delivered(worker)).to.deep.include({ kind: "slowDown", afterSeconds: 300 });
  });

  it("is none where the run is in another execution by now", async () => {
    const worker = await live(new ScriptedGemini(saying("{}")));
    const run = { ...worker.run, execution: 2 };
    worker.stores.plant(`${TENANT}/${RUN}/run.json`, JSON.stringify(run));
    expect(await delivered(worker)).to.deep.include({ kind: "done" });
    expect(worker.stores.names(`${TENANT}/${RUN}/events/`)).to.deep.equal([]);
  });

  it("tells the model what the run is about, as of the day it was created", async () => {
    const gemini = new ScriptedGemini(saying("{}"));
    await delivered(
      await live(gemini, { scope: "world", value: "Mars", company: " ", geography: "" }),
    );
    const { contents } = JSON.parse(gemini.asked[0]?.body ?? "") as {
      contents: { parts: { text: string }[] }[];
    };
    const text = contents[0]?.parts[0]?.text ?? "";
    const { brief } = JSON.parse(text.slice(text.indexOf("Context:\n") + 9)) as { brief: object };
    expect(brief).to.deep.equal({
      company: "Mars",
      geography: "Global",
      scope: "world",
      value: "Mars",
      time_horizon: "5 years",
      current_date: "2026-11-21",
    });
  });

  it("of a mock run asks nobody outside, whatever it is allowed", async () => {
    const worker = new WorkerByHand();
    worker.settings = { ...worker.settings, key: KEY };
    const pages: string[] = [];
    worker.fetchPage = (url) => {
      pages.push(url);
      return Promise.reject(new Error("No page."));
    };
    const allowed = { allow_web: true, image_model: "gemini-3.1-flash-image" };
    await worker.launch({}, allowed);
    await worker.drain();
    expect([worker.run.status, worker.gemini.asked, pages]).to.deep.equal(["COMPLETED", [], []]);
  });
});

describe("completed", () => {
  it("has warnings where the auditor has findings", async () => {
    const { work, artifacts } = await new MockRun().makeUntil();
    expect((await completed([], work)).status).to.equal("COMPLETED");
    const report = artifacts.audit_report;
    if (report === undefined) throw new Error("There is no audit report.");
    const finding = { ...report, findings: [{ artifact: "forces" }] };
    Object.assign(artifacts, { audit_report: finding });
    expect(await completed([], work)).to.deep.include({
      status: "COMPLETED_WITH_WARNINGS",
      warnings: { auditor: { findings: 1 } },
    });
  });
});
