import { expect } from "chai";
import type { ScenarioNode } from "../../../functions/messages/scenario-node.ts";
import type { KeptLease } from "../../../functions/runtime/kept-lease.ts";
import { attempt } from "../../../functions/scenarioforge-worker/attempt.ts";
import type { Ports } from "../../../functions/scenarioforge-worker/ports.ts";
import { runNode } from "../../../functions/scenarioforge-worker/run-node.ts";
import { readLaunched } from "../../../functions/scenarioforge-worker/work.ts";
import type { Posted } from "../../../functions/scenarios/gemini/call.ts";
import { KEY } from "../scenarios/gemini/scripted-gemini.ts";
import { RUN, TENANT, WorkerByHand } from "./worker-by-hand.ts";

const taskOf = (node: ScenarioNode["node"]): ScenarioNode => ({
  tenant: TENANT,
  run_id: RUN,
  node,
  execution: 1,
});

/** What is noted of nodes, while a run goes on. */
function noted(worker: WorkerByHand): string[] {
  return worker.stores
    .names(`${TENANT}/${RUN}/events/`)
    .map((name) => name.replace(/^.*\/\d+-\d+-(.*)\.json$/, "$1"));
}

describe("attempt", () => {
  const LOST = {
    kind: "again",
    outcome: { kind: "retry", reason: "The lease was lost; another delivery may have it." },
  };
  const held: KeptLease = {
    signal: new AbortController().signal,
    isHeld: () => true,
    renew: () => Promise.resolve(),
    release: () => Promise.resolve(),
  };

  async function attempted(
    worker: WorkerByHand,
    lease: Partial<KeptLease>,
    ports: Partial<Ports> = {},
  ) {
    const { store, run } = worker;
    const launched = await readLaunched(store, RUN);
    const whole = { ...worker.ports(), ...ports };
    const made = attempt(
      { task: taskOf("charter"), store, run },
      [],
      launched,
      { ...held, ...lease },
      whole,
    );
    return worker.time.until(made);
  }

  it("keeps nothing once its lease is not held any more", async () => {
    const worker = new WorkerByHand();
    await worker.launch();
    expect(await attempted(worker, { isHeld: () => false })).to.deep.equal(LOST);
    expect([noted(worker), worker.artifacts]).to.deep.equal([["charter-running"], {}]);
  });

  it("says nothing of a failure that the loss of its lease is", async () => {
    const worker = new WorkerByHand();
    await worker.launch({}, {}, false);
    worker.settings = { ...worker.settings, key: KEY };
    const lost = new AbortController();
    worker.gemini.post = ({ signal }) => {
      const { promise, reject } = Promise.withResolvers<Posted>();
      signal.addEventListener("abort", () => reject(new Error("aborted")));
      lost.abort();
      return promise;
    };
    const before = worker.time.now;
    expect(await attempted(worker, { signal: lost.signal })).to.deep.equal(LOST);
    // At once, and not when its time is over.
    expect(worker.time.now).to.equal(before);
    expect(noted(worker)).to.deep.equal(["charter-running"]);
  });

  it("keeps nothing of what was made too late", async () => {
    const worker = new WorkerByHand();
    await worker.launch();
    const after: Ports["after"] = (_seconds, action) => {
      action();
      return () => undefined;
    };
    expect(await attempted(worker, {}, { after })).to.deep.equal({
      kind: "again",
      outcome: { kind: "retry", reason: "It took longer than it may." },
    });
    expect([noted(worker), worker.artifacts]).to.deep.equal([
      ["charter-running", "charter-fail"],
      {},
    ]);
  });
});

describe("a delivery", () => {
  it("does nothing where the run ended while it waited for another", async () => {
    const worker = new WorkerByHand();
    await worker.launch();
    const lease = { holder: "another", expires_at: worker.time.now + 30_000 };
    worker.stores.plant(`${TENANT}/${RUN}/leases/charter.json`, JSON.stringify(lease));
    worker.time.at(10_000, () => {
      const run = { ...worker.run, is_final: true, status: "FAILED" };
      worker.stores.plant(`${TENANT}/${RUN}/run.json`, JSON.stringify(run));
    });
    const outcome = await worker.time.until(runNode(taskOf("charter"), worker.ports()));
    expect(outcome).to.deep.include({
      kind: "done",
      body: { run_id: RUN, node: "charter", execution: 1, outcome: "nothing_left" },
    });
    expect(noted(worker)).to.deep.equal([]);
  });

  it("skips once what it skipped before", async () => {
    const worker = new WorkerByHand();
    await worker.launch();
    for (let time = 0; time < 2; time += 1) {
      await worker.time.until(runNode(taskOf("ingest_docs"), worker.ports()));
      await worker.time.until(worker.time.pass(100));
    }
    expect(noted(worker)).to.deep.equal(["ingest_docs-skipped"]);
  });

  it("fails a run at once that lacks what an earlier node should have left, and takes none over", async () => {
    const worker = new WorkerByHand();
    await worker.launch();
    const outcome = await worker.time.until(runNode(taskOf("forces"), worker.ports()));
    expect(outcome.kind).to.equal("done");
    expect(worker.run).to.deep.include({ status: "FAILED", is_final: true });
    expect(worker.run.error).to.match(/^forces: No earlier node left \w+\.$/);
    expect(noted(worker)).to.deep.equal(["forces-running", "forces-fail"]);
  });
});
