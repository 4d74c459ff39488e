import { expect } from "chai";
import { writeArtifact } from "../../../functions/scenarios/artifacts.ts";
import { addEvent } from "../../../functions/scenarios/events.ts";
import { finishRun } from "../../../functions/scenarios/finish.ts";
import { timestamp } from "../../../functions/scenarios/json.ts";
import { readRun } from "../../../functions/scenarios/runs.ts";
import { runNode } from "../../../functions/scenarioforge-worker/run-node.ts";
import { WorkerByHand } from "../scenarioforge-worker/worker-by-hand.ts";
import { launched } from "../scenarios/world.ts";
import { ACME_KEY, Api, OTHER_KEY } from "./api.ts";
import { buildRun } from "./pages/built-run.ts";

const CANCEL = "/runs/r1/cancel";

describe("POST /runs/{run_id}/cancel", () => {
  let api: Api;
  beforeEach(async () => {
    api = await Api.start();
  });
  afterEach(() => api.stop());

  async function running(): Promise<void> {
    await launched(api, "r1");
    await addEvent(api.store, "r1", {
      timestamp: timestamp(api.time),
      node: "charter",
      status: "RUNNING",
      attempt: 1,
      inputs: [],
      outputs: [],
      tools: [],
      schema_validated: false,
      duration_seconds: 0,
    });
    await writeArtifact(api.store, "r1", "scenario_charter", { title: "A" }, {}, api);
  }

  it("ends a run as failed, with what it has made, as often as it is asked", async () => {
    await running();
    for (let time = 0; time < 2; time += 1) {
      const { status, body } = await api.post(CANCEL, {});
      expect([status, body]).to.deep.equal([200, { run_id: "r1", cancelled: true }]);
    }
    const run = (await readRun(api.store, "r1"))?.run;
    expect(run).to.deep.include({
      status: "FAILED",
      is_final: true,
      error: "Cancelled by a caller.",
      is_deleted: false,
    });
    expect(run?.node_status.charter?.status).to.equal("RUNNING");
    const { body } = await api.get("/artifact/r1/view_model.json");
    expect(body.charter).to.deep.equal({ title: "A" });
    expect((await api.get("/runs")).body.statuses).to.deep.equal({ r1: "FAILED" });
  });

  it("lets no other node begin", async () => {
    const runId = await buildRun(api, {}, 2);
    expect((await api.post(`/runs/${runId}/cancel`, {})).status).to.equal(200);
    const before = new Map(api.stores.objects);
    const task = {
      tenant: "public",
      run_id: runId,
      node: "company_profile",
      execution: 1,
    } as const;
    const worker = new WorkerByHand();
    const ports = { ...worker.ports(api.stores), now: api.now };
    expect(await worker.time.until(runNode(task, ports))).to.deep.include({ kind: "done" });
    expect(worker.queue).to.deep.equal([]);
    expect(api.stores.objects).to.deep.equal(before);
  });

  it("ends no run that has ended otherwise: 409", async () => {
    for (const status of ["COMPLETED", "FAILED"] as const) {
      await launched(api, status);
      await finishRun(api.store, status, 1, { status, events: [] }, api);
      const answer = await api.post(`/runs/${status}/cancel`, {});
      expect([answer.status, answer.body.detail]).to.deep.equal([
        409,
        { code: "RUN_READ_ONLY", message: "Run is completed and read-only." },
      ]);
      expect((await readRun(api.store, status))?.run.error).to.equal(null);
    }
  });

  it("gives way to an end that comes first", async () => {
    await running();
    api.stores.before = async (call) => {
      if (call !== "put public/r1/artifacts/index.json") return;
      api.stores.before = () => undefined;
      await finishRun(api.store, "r1", 1, { status: "COMPLETED", events: [] }, api);
    };
    expect((await api.post(CANCEL, {})).status).to.equal(409);
    expect((await readRun(api.store, "r1"))?.run.status).to.equal("COMPLETED");
    expect((await api.get("/runs")).body.statuses).to.deep.equal({ r1: "COMPLETED" });
  });

  it("is for holders of a key of that tenant", async () => {
    await running();
    expect((await api.ask("POST", CANCEL)).status).to.equal(401);
    expect((await api.post(CANCEL, {}, OTHER_KEY)).status).to.equal(404);
    expect((await api.post("/runs/none/cancel", {}, ACME_KEY)).status).to.equal(404);
    expect((await readRun(api.store, "r1"))?.run.is_final).to.equal(false);
  });
});
