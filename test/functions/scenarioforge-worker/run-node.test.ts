import { expect } from "chai";
import fc from "fast-check";
import { NODE_NAMES } from "../../../functions/messages/scenario-names.ts";
import { sealed } from "../../../functions/scenarios/seal.ts";
import { runNode } from "../../../functions/scenarioforge-worker/run-node.ts";
import { KEY, posted, saying, ScriptedGemini } from "../scenarios/gemini/scripted-gemini.ts";
import { RUN, TENANT, WorkerByHand } from "./worker-by-hand.ts";

const ROWS = NODE_NAMES.flatMap((node) =>
  node === "ingest_docs" ? [`${node} SKIPPED 1`] : [`${node} RUNNING 1`, `${node} OK 1`],
);

async function completedRun(): Promise<WorkerByHand> {
  const worker = new WorkerByHand();
  await worker.launch();
  await worker.drain();
  return worker;
}

describe("runNode", () => {
  it("runs a mock run from its first task to its end", async () => {
    const worker = await completedRun();
    const { status, is_final, node_status: nodes } = worker.run;
    expect([status, is_final]).to.deep.equal(["COMPLETED", true]);
    expect(worker.events).to.deep.equal(ROWS);
    expect(Object.keys(nodes).sort()).to.deep.equal([...NODE_NAMES].sort());
    expect(nodes.charter).to.deep.include({ status: "OK", attempt: 1, error: null });
    expect(worker.outcomes.map(({ kind }) => kind)).to.deep.equal(NODE_NAMES.map(() => "done"));
  });

  it("makes what the contract's set of objects has", async () => {
    const names = Object.keys((await completedRun()).artifacts);
    const made = [
      "audit_report",
      "clusters",
      "company_profile",
      "evidence_units",
      "focal_issue",
      "forces",
      "forces_ranked",
      "prompt_manifest",
      "retrieval_report",
      "scenario_charter",
      "scenario_charter_raw_prevalidate",
      "scenarios",
      "scenarios_enriched",
      "strategies",
      "uncertainty_axes",
      "wind_tunnel",
      "wind_tunnel_evaluations_v2",
    ];
    expect(names).to.have.members([
      ...made.flatMap((name) => [`${name}.json`, `${name}.meta.json`]),
      ...["S1", "S2", "S3", "S4"].map((id) => `images/scenario_${id}.png`),
      "index.json",
      "view_model.json",
    ]);
  });

  it("writes run.json last but for latest.json", async () => {
    const worker = await completedRun();
    const writes = worker.stores.calls.filter((call) => call.startsWith("put "));
    const last = writes.filter((call) => !call.includes("/_index/")).slice(-2);
    expect(last).to.deep.equal([`put ${TENANT}/${RUN}/run.json`, `put ${TENANT}/latest.json`]);
  });

  it("writes at most three times as often as there are artifacts, and nothing twice within a second", async () => {
    const worker = new WorkerByHand();
    const written = new Map<string, number[]>();
    worker.stores.before = (call) => {
      if (!call.startsWith("put ")) return;
      const name = call.slice("put ".length);
      written.set(name, [...(written.get(name) ?? []), worker.time.now]);
    };
    await worker.launch();
    await worker.drain();
    const writes = [...written.values()].flat().length;
    expect(writes).to.be.at.most(3 * Object.keys(worker.artifacts).length);
    const hasty = [...written].filter(([, times]) =>
      times.some((time, index) => index > 0 && time - (times[index - 1] ?? 0) < 1_000),
    );
    expect(hasty).to.deep.equal([]);
  });

  it("does a task that is delivered again once", async () => {
    const worker = new WorkerByHand();
    await worker.launch();
    const [task] = worker.queue;
    if (task === undefined) throw new Error("Nothing was launched.");
    worker.queue.push(task, task);
    await worker.drain();
    expect(worker.events).to.deep.equal(ROWS);
  });

  it("lets one of several deliveries at once work", async () => {
    const worker = new WorkerByHand();
    await worker.launch();
    const task = worker.queue.shift();
    if (task === undefined) throw new Error("Nothing was launched.");
    const both = [runNode(task, worker.ports()), runNode(task, worker.ports())];
    const outcomes = await worker.time.until(Promise.all(both));
    expect(outcomes.map(({ kind }) => kind)).to.deep.equal(["done", "done"]);
    await worker.drain();
    expect(worker.events).to.deep.equal(ROWS);
  });

  it("has nothing to do for a run that is over, gone, or in a later execution", async () => {
    const worker = await completedRun();
    const task = { tenant: TENANT, run_id: RUN, node: "charter", execution: 1 } as const;
    const calls = worker.stores.calls.length;
    for (const each of [task, { ...task, execution: 2 }, { ...task, run_id: "no-such-run" }]) {
      const outcome = await worker.time.until(runNode(each, worker.ports()));
      expect(outcome).to.deep.include({ kind: "done" });
    }
    const writes = worker.stores.calls.slice(calls).filter((call) => !call.startsWith("get "));
    expect(writes).to.deep.equal([]);
  });

  it("fails a run whose evidence is not enough, and keeps what was found", async () => {
    const worker = new WorkerByHand();
    await worker.launch({}, { min_evidence_ok: 900 });
    await worker.drain();
    const { status, is_final, error } = worker.run;
    expect([status, is_final]).to.deep.equal(["FAILED", true]);
    expect(error).to.match(/^retrieval_real: retrieval_failed: ok=\d+ total=\d+ min_ok=900/);
    expect(worker.artifacts).to.have.any.keys("retrieval_report.json");
    expect(worker.events.slice(-2)).to.deep.equal([
      "retrieval_real RUNNING 1",
      "retrieval_real FAIL 1",
    ]);
    expect(worker.queue).to.deep.equal([]);
  });

  it("completes with warnings where an uploaded document says too little", async () => {
    const worker = new WorkerByHand();
    const id = "0".repeat(32);
    worker.stores.plant(`${TENANT}/_uploads/${id}`, "Energy prices rise.", "text/plain");
    await worker.launch({ input_docs: [{ id, name: "note.txt", sha256: "" }] });
    await worker.drain();
    expect(worker.run).to.deep.include({
      status: "COMPLETED_WITH_WARNINGS",
      warnings: { ingest_docs: { failed: 0, partial: 1, total: 1 } },
    });
  });

  it("notes what a resumed run goes on from, and counts the attempts on", async () => {
    const worker = new WorkerByHand();
    await worker.launch({}, { min_evidence_ok: 900 });
    await worker.drain();
    const config = worker.json("run_config.json") as { settings: object };
    const settings = { ...config.settings, min_evidence_ok: 1 };
    worker.stores.plant(`${TENANT}/${RUN}/run_config.json`, JSON.stringify({ settings }));
    const run = { ...worker.run, status: "RUNNING", is_final: false, execution: 2 };
    worker.stores.plant(`${TENANT}/${RUN}/run.json`, JSON.stringify(run));
    worker.queue.push({ tenant: TENANT, run_id: RUN, node: "retrieval_real", execution: 2 });
    await worker.drain();
    expect(worker.run.status).to.equal("COMPLETED");
    expect(worker.events.slice(9, 17)).to.deep.equal([
      "charter HYDRATED 2",
      "focal_issue HYDRATED 2",
      "company_profile HYDRATED 2",
      "ingest_docs SKIPPED 2",
      "retrieval_real RUNNING 2",
      "retrieval_real OK 2",
      "forces RUNNING 1",
      "forces OK 1",
    ]);
  });

  describe("with Gemini", () => {
    const live = async (gemini: ScriptedGemini, sealedKey = true): Promise<WorkerByHand> => {
      const worker = new WorkerByHand();
      worker.gemini = gemini;
      await worker.launch({}, {}, false);
      const [task] = worker.queue.splice(0);
      if (task === undefined) throw new Error("Nothing was launched.");
      const purpose = { tenant: TENANT, runId: RUN };
      const sealed_key = sealed(KEY, worker.settings.sealKey, purpose);
      worker.queue.push({ ...task, ...(sealedKey && { sealed_key }) });
      return worker;
    };

    it("fails at once where there is no key, or a quota of the day is used up", async () => {
      const keyless = await live(new ScriptedGemini(saying("{}")), false);
      await keyless.drain();
      expect(keyless.run.error).to.match(/^charter: No API key found/);
      const details = [
        { violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier" }] },
      ];
      const spent = await live(new ScriptedGemini(posted(429, { error: { details } })));
      await spent.drain();
      expect([spent.run.status, spent.events]).to.deep.equal([
        "FAILED",
        ["charter RUNNING 1", "charter FAIL 1"],
      ]);
    });

    it("tries a node three times, and shows the last attempt", async () => {
      const worker = await live(new ScriptedGemini(posted(503, "")));
      await worker.drain();
      expect(worker.events).to.deep.equal(
        [1, 2, 3].flatMap((attempt) => [`charter RUNNING ${attempt}`, `charter FAIL ${attempt}`]),
      );
      expect(worker.run.node_status.charter).to.deep.include({ status: "FAIL", attempt: 3 });
      expect(worker.run).to.deep.include({
        status: "FAILED",
        error: "charter: Gemini answered 503",
      });
    });

    it("slows the queue down where Gemini asks it to wait", async () => {
      const worker = await live(new ScriptedGemini(posted(429, "", "40")));
      await worker.drain();
      expect(worker.outcomes[0]).to.deep.equal({
        kind: "slowDown",
        reason: "Gemini answered 429",
        afterSeconds: 40,
      });
    });

    it("tells a model what is wrong with its answer, twice at most", async () => {
      const gemini = new ScriptedGemini(saying('{"title":"A title"}'));
      const worker = await live(gemini);
      const task = worker.queue.shift();
      if (task === undefined) throw new Error("Nothing was launched.");
      await worker.time.until(runNode(task, worker.ports()));
      expect(gemini.asked).to.have.length(3);
      expect(gemini.asked[0]?.body).not.to.include("problems_of_your_last_answer");
      expect(gemini.asked[2]?.body).to.include("purpose must be");
    });

    it("spends no more on a run than it may", async () => {
      const gemini = new ScriptedGemini(saying("{}"));
      const worker = await live(gemini);
      worker.settings = { ...worker.settings, budget: { requests: 4, tokens: 1_000 } };
      await worker.drain();
      expect(gemini.asked).to.have.length(4);
      expect(worker.run.error).to.equal(
        "charter: The run has used up what it may: 4 requests and 1000 tokens.",
      );
    });

    it("leaves the key in no object, whatever a model or an error repeats", async () => {
      const echo = new ScriptedGemini(
        saying(KEY),
        posted(400, { error: { message: `key=${KEY}` } }),
      );
      const worker = await live(echo);
      await worker.drain();
      const all = [...worker.stores.objects].map(([name, { bytes }]) => name + bytes.toString());
      expect(all.filter((text) => text.includes(KEY))).to.deep.equal([]);
      expect(JSON.stringify(worker.outcomes)).not.to.include(KEY);
    });
  });

  describe("when it is killed", () => {
    it("goes on from wherever it was, and ends with the same artifacts", async function () {
      this.timeout(120_000);
      const whole = (await completedRun()).artifacts;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.integer({ min: 1, max: 260 }), { maxLength: 4 }),
          async (kills) => {
            const worker = await killedAt(kills);
            expect(worker.run.status).to.equal("COMPLETED");
            expect(Object.keys(worker.artifacts)).to.deep.equal(Object.keys(whole));
            const made = (artifacts: Record<string, string>) => ({
              ...artifacts,
              "index.json": "",
            });
            expect(made(worker.artifacts)).to.deep.equal(made(whole));
          },
        ),
        { numRuns: 60 },
      );
    });

    it("gives up a node that never comes to an end", async () => {
      const worker = new WorkerByHand();
      await worker.launch();
      // The charter's own artifact is what each attempt dies of.
      await drainKilling(worker, (call) => call.includes("artifacts/scenario_charter.json"));
      expect(worker.run).to.deep.include({
        status: "FAILED",
        error: "charter: It was begun 3 times and never came to an end.",
      });
      expect(worker.events.at(-1)).to.equal("charter FAIL 3");
    });
  });
});

/** Kills the worker at its so many-th call, again and again, and delivers the task again each time. */
async function killedAt(kills: readonly number[]): Promise<WorkerByHand> {
  const worker = new WorkerByHand();
  worker.settings = { ...worker.settings, maxAttempts: 10 };
  await worker.launch();
  const left = [...kills];
  let calls = 0;
  await drainKilling(worker, () => {
    calls += 1;
    if (calls !== left[0]) return false;
    left.shift();
    calls = 0;
    return true;
  });
  return worker;
}

/** Delivers tasks to workers that die at the calls for which `dies` says so. */
async function drainKilling(worker: WorkerByHand, dies: (call: string) => boolean): Promise<void> {
  for (;;) {
    const task = worker.queue.shift();
    if (task === undefined) return;
    let isAlive = true;
    const died = Promise.withResolvers<undefined>();
    const never = new Promise<never>(() => undefined);
    const guard = <T>(what: string, action: () => Promise<T>): Promise<T> => {
      if (!isAlive) return never;
      if (!dies(what)) return action();
      isAlive = false;
      died.resolve(undefined);
      return never;
    };
    const { store } = worker;
    const mortal = {
      tenant: TENANT,
      get: (path: string) => guard(`get ${path}`, () => store.get(path)),
      put: (...[path, content, over]: Parameters<typeof store.put>) =>
        guard(`put ${path}`, () => store.put(path, content, over)),
      remove: (path: string, generation: string) =>
        guard(`remove ${path}`, () => store.remove(path, generation)),
      list: (query: Parameters<typeof store.list>[0]) =>
        guard(`list ${query.prefix}`, () => store.list(query)),
    };
    const ports = worker.ports({ of: () => mortal }, () => isAlive);
    const outcome = await worker.time.until(Promise.race([runNode(task, ports), died.promise]));
    await worker.time.until(worker.time.pass(1_000));
    if (outcome?.kind !== "done") worker.queue.unshift(task);
  }
}
