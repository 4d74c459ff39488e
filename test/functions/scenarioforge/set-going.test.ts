import { expect } from "chai";
import { NODE_NAMES } from "../../../functions/messages/scenario-names.ts";
import { addEvent } from "../../../functions/scenarios/events.ts";
import { finishRun } from "../../../functions/scenarios/finish.ts";
import { timestamp } from "../../../functions/scenarios/json.ts";
import type { NodeEvent } from "../../../functions/scenarios/run.ts";
import { ACME_KEY, Api, BUILD } from "./api.ts";

const MINE = { ...BUILD, run_id: "mine" };
const RUN_JSON = "public/mine/run.json";
const STALL_MS = 900_000;

describe("a build of a run that is there", () => {
  let api: Api;
  beforeEach(async () => {
    api = await Api.start();
  });
  afterEach(() => api.stop());

  const end = (status: "COMPLETED" | "FAILED") =>
    finishRun(api.store, "mine", 1, { status, events: [] }, api);
  const codeOf = ({ status, body }: Awaited<ReturnType<Api["post"]>>) => [
    status,
    (body.detail as { code?: string } | undefined)?.code,
  ];
  const resume = (from: string) => api.post("/build", { ...MINE, resume_from: from });
  /** What has happened to a run by the time that somebody else writes to it or reads it once more. */
  const change = (difference: object): void =>
    api.stores.plant(
      RUN_JSON,
      JSON.stringify({ ...(api.stores.json(RUN_JSON) as object), ...difference }),
    );
  const before = (call: string, time: number, action: () => void): void => {
    let times = 0;
    api.stores.before = (each) => {
      if (each === call && (times += 1) === time) action();
    };
  };
  const happened = (node: NodeEvent["node"], status: NodeEvent["status"]) =>
    addEvent(api.store, "mine", {
      timestamp: timestamp((api.time += 1)),
      node,
      status,
      attempt: 1,
      inputs: [],
      outputs: [],
      tools: [],
      schema_validated: true,
      duration_seconds: 0,
    });

  describe("by its id", () => {
    it("shares one that has completed", async () => {
      await api.post("/build", MINE);
      await end("COMPLETED");
      const { status, body } = await api.post("/build", MINE);
      expect([status, body.reuse_reason]).to.deep.equal([200, "completed"]);
    });

    it("is refused where it was deleted or has failed, and takes no claim", async () => {
      await api.post("/build", MINE);
      const claims = () =>
        api.stores.names("public/_signatures/").map((name) => api.stores.json(name));
      const claimed = claims();
      await api.ask("DELETE", "/runs/mine", { key: ACME_KEY });
      api.time += 1_000;
      expect(codeOf(await api.post("/build", MINE))).to.deep.equal([409, "RUN_EXISTS"]);
      await api.post("/runs/mine/undelete", {});
      await end("FAILED");
      expect(codeOf(await api.post("/build", MINE))).to.deep.equal([409, "RUN_EXISTS"]);
      expect(claims()).to.deep.equal(claimed);
      expect(api.nodes.length).to.equal(1);
    });

    it("is refused by force, and turns no claim back to it", async () => {
      await api.post("/build", MINE);
      await api.post("/build", { ...BUILD, run_id: "later", force: true });
      expect(codeOf(await api.post("/build", { ...MINE, force: true }))[0]).to.equal(409);
      expect((await api.post("/build", BUILD)).body.existing_run_id).to.equal("later");
    });

    describe("that somebody launches at the same moment", () => {
      const launchedBy = async (difference: object): Promise<void> => {
        api.stores.objects.clear();
        await api.post("/build", MINE);
        const run = { ...(api.stores.json(RUN_JSON) as object), ...difference };
        api.stores.objects.clear();
        before(`put ${RUN_JSON}`, 1, () => api.stores.plant(RUN_JSON, JSON.stringify(run)));
      };

      it("is shared where it is the same", async () => {
        await launchedBy({});
        const { status, body } = await api.post("/build", MINE);
        expect([status, body.reuse_reason, api.nodes.length]).to.deep.equal([
          202,
          "in_progress",
          1,
        ]);
      });

      it("is refused where it is another, or another is asked for", async () => {
        await launchedBy({ signature: "another" });
        expect(codeOf(await api.post("/build", MINE))).to.deep.equal([409, "RUN_EXISTS"]);
        await launchedBy({});
        const forced = await api.post("/build", { ...MINE, force: true });
        expect(codeOf(forced)).to.deep.equal([409, "RUN_EXISTS"]);
      });
    });
  });

  describe("by resume_from", () => {
    it("sets one that stands still going again", async () => {
      await api.post("/build", MINE);
      api.time += STALL_MS;
      expect((await resume("charter")).status).to.equal(202);
      expect(api.nodes.at(-1)).to.deep.include({ node: "charter", execution: 2 });
    });

    it("is refused where it was deleted: 404", async () => {
      await api.post("/build", MINE);
      await end("FAILED");
      await api.ask("DELETE", "/runs/mine", { key: ACME_KEY });
      expect((await resume("charter")).status).to.equal(404);
      expect(api.nodes.length).to.equal(1);
    });

    for (const [what, difference] of [
      ["is in a later execution", { execution: 3, is_final: false }],
      ["has ended in this execution", { execution: 2, is_final: true }],
    ] as const) {
      it(`adds no task of a run that by then ${what}`, async () => {
        await api.post("/build", MINE);
        await end("FAILED");
        before(`put ${RUN_JSON}`, 1, () => change(difference));
        await resume("charter");
        expect(api.nodes.length).to.equal(1);
        expect(api.stores.json(RUN_JSON)).to.deep.include(difference);
      });
    }
  });

  describe("that stands still", () => {
    it("goes on at the first node that is not done, behind those that were skipped or taken over", async () => {
      await api.post("/build", MINE);
      await happened("charter", "HYDRATED");
      await happened("focal_issue", "OK");
      await happened("company_profile", "OK");
      await happened("ingest_docs", "SKIPPED");
      await happened("retrieval_real", "FAIL");
      api.time += STALL_MS;
      await api.post("/build", BUILD);
      expect(api.nodes.at(-1)).to.deep.include({ node: "retrieval_real", execution: 2 });
    });

    it("goes on at its last node where all are done, which ends it", async () => {
      await api.post("/build", { ...MINE, generate_strategies: true });
      for (const name of NODE_NAMES) await happened(name, "OK");
      api.time += STALL_MS;
      await api.post("/build", { ...BUILD, generate_strategies: true });
      expect(api.nodes.at(-1)).to.deep.include({ node: NODE_NAMES.at(-1), execution: 2 });
    });

    it("has what the worker works on before it is set going again", async () => {
      await api.post("/build", MINE);
      const files = ["request.json", "inputs.json", "run_config.json"];
      const had = files.map((name) => api.stores.json(`public/mine/${name}`));
      for (const name of files) api.stores.objects.delete(`public/mine/${name}`);
      api.time += STALL_MS;
      let found: unknown[] = [];
      before(`put ${RUN_JSON}`, 1, () => {
        found = files.map((name) => api.stores.json(`public/mine/${name}`));
      });
      await api.post("/build", BUILD);
      expect(found.slice(0, 2)).to.deep.equal(had.slice(0, 2));
      expect(found[2]).to.have.property("settings");
    });
  });

  describe("whose launch was cut off", () => {
    beforeEach(async () => {
      api.hasQueue = false;
      await api.post("/build", MINE);
      api.hasQueue = true;
      api.time += 10_000;
    });

    it("is left alone where a node of it has begun", async () => {
      await happened("charter", "RUNNING");
      await api.post("/build", BUILD);
      expect(api.nodes).to.deep.equal([]);
    });

    it("is left alone, and nothing more is read of it, where run.json knows of a node", async () => {
      change({ node_status: { charter: { status: "RUNNING" } } });
      api.stores.calls.length = 0;
      await api.post("/build", BUILD);
      expect(api.nodes).to.deep.equal([]);
      expect(api.stores.calls).not.to.include("list public/mine/events/");
    });

    it("is left alone where it has ended meanwhile", async () => {
      // The claim reads it first, then whoever would go on with it.
      before(`get ${RUN_JSON}`, 2, () => change({ is_final: true, status: "FAILED" }));
      await api.post("/build", BUILD);
      expect(api.nodes).to.deep.equal([]);
    });
  });

  describe("with ?wait=true", () => {
    it("is answered as soon as the run has ended", async () => {
      api.meanwhile = async () => {
        if (api.waits.length === 3) await end("COMPLETED");
      };
      const { status } = await api.post("/build?wait=true", MINE);
      // The end of the run waits itself, for its next write of run.json, at most once.
      expect(status).to.equal(200);
      expect(api.waits.length).to.be.at.most(4);
    });

    it("is answered at once where it has ended before", async () => {
      await api.post("/build", MINE);
      api.time += 10_000;
      await end("COMPLETED");
      expect((await api.post("/build?wait=true", BUILD)).status).to.equal(200);
      expect(api.waits).to.deep.equal([]);
    });
  });
});
