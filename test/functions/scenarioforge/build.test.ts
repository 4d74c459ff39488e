import { expect } from "chai";
import { writeArtifact } from "../../../functions/scenarios/artifacts.ts";
import { finishRun } from "../../../functions/scenarios/finish.ts";
import { readRun } from "../../../functions/scenarios/runs.ts";
import { opened } from "../../../functions/scenarios/seal.ts";
import { ACME_KEY, Api, BUILD, KEYED, OTHER_KEY, SCENARIOFORGE_ENV } from "./api.ts";

describe("POST /build", () => {
  let api: Api;
  beforeEach(async () => {
    api = await Api.start();
  });
  afterEach(() => api.stop());

  const runIdOf = ({ body }: { body: Record<string, unknown> }): string => String(body.run_id);
  const end = (runId: string, status: "COMPLETED" | "FAILED", execution = 1) =>
    finishRun(api.store, runId, execution, { status, events: [] }, api);

  it("launches a run: 202, its objects, and one task for its first node", async () => {
    const { status, body } = await api.post("/build", BUILD);
    const runId = String(body.run_id);
    expect(runId).to.match(/^20261121120000-[0-9a-f]{8}$/);
    expect([status, body]).to.deep.equal([
      202,
      {
        run_id: runId,
        artifacts: [],
        reused: false,
        reuse_reason: null,
        existing_run_id: null,
        signature: body.signature,
        status: "RUNNING",
      },
    ]);
    expect(api.nodes).to.deep.equal([
      { tenant: "public", run_id: runId, node: "charter", execution: 1 },
    ]);
    expect(api.stores.names(`public/${runId}/`)).to.deep.equal([
      `public/${runId}/inputs.json`,
      `public/${runId}/request.json`,
      `public/${runId}/run.json`,
      `public/${runId}/run_config.json`,
    ]);
    expect(api.stores.json(`public/${runId}/run.json`)).to.deep.include({
      status: "RUNNING",
      is_final: false,
      label: "ScenarioOps Demo Co | SP60 | United States",
      lease_expires_at: "2026-11-21T12:15:00.000000+00:00",
    });
  });

  it("of 200 that are alike and come at once launches one run, and 199 share it", async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, () => api.post("/build", BUILD)));
    expect(new Set(answers.map(runIdOf)).size).to.equal(1);
    expect(answers.filter(({ body }) => body.reused === true).length).to.equal(199);
    expect(api.nodes.length).to.equal(1);
    expect(
      api.stores.names("public/").filter((name) => name.endsWith("/run.json")).length,
    ).to.equal(1);
  });

  it("shares a run that goes on, and one that has completed", async () => {
    const first = await api.post("/build", BUILD);
    const second = await api.post("/build", { ...BUILD, run_id: "another" });
    expect([second.status, second.body.reuse_reason, second.body.existing_run_id]).to.deep.equal([
      202,
      "in_progress",
      first.body.run_id,
    ]);
    await end(runIdOf(first), "COMPLETED");
    const third = await api.post("/build", BUILD);
    expect([third.status, third.body.reuse_reason, third.body.run_id]).to.deep.equal([
      200,
      "completed",
      first.body.run_id,
    ]);
    expect(api.nodes.length).to.equal(1);
  });

  it("launches another run by force, whose parent is the one before", async () => {
    const first = await api.post("/build", BUILD);
    api.time += 1_000;
    for (const how of ["force", "rerun"]) {
      const forced = await api.post("/build", { ...BUILD, [how]: true });
      expect(forced.body.reused).to.equal(false);
      expect(runIdOf(forced)).not.to.equal(runIdOf(first));
      const run = await readRun(api.store, runIdOf(forced));
      expect(run?.run.parent_run_id).to.be.a("string");
    }
    expect(api.nodes.length).to.equal(3);
  });

  it("launches another run for another document or another source", async () => {
    await api.post("/build", BUILD);
    const form = new FormData();
    form.append("files", new File(["one"], "one.txt"));
    const uploaded = await api.ask("POST", "/upload", { key: ACME_KEY, body: form });
    await api.post("/build", { ...BUILD, input_docs: uploaded.body.files });
    await api.post("/build", { ...BUILD, sources: ["https://example.com/a"] });
    await api.post("/build", { ...BUILD, sources: ["https://example.com/b"] });
    expect(new Set(api.nodes.map((node) => node.run_id)).size).to.equal(4);
  });

  it("launches another run in place of one that failed or was deleted", async () => {
    const first = await api.post("/build", BUILD);
    await end(runIdOf(first), "FAILED");
    const second = await api.post("/build", BUILD);
    expect(second.body.reused).to.equal(false);
    await api.ask("DELETE", `/runs/${runIdOf(second)}`, { key: ACME_KEY });
    expect((await api.post("/build", BUILD)).body.reused).to.equal(false);
  });

  it("sets a run that stands still going again, once however many ask", async () => {
    const first = await api.post("/build", BUILD);
    api.time += 900_000;
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.post("/build", BUILD)));
    expect(new Set(answers.map(runIdOf))).to.deep.equal(new Set([runIdOf(first)]));
    const again = new Set(api.nodes.slice(1).map((node) => JSON.stringify(node)));
    expect([...again].map((node) => JSON.parse(node) as unknown)).to.deep.equal([
      { tenant: "public", run_id: runIdOf(first), node: "charter", execution: 2 },
    ]);
  });

  it("adds the task that a launch which was cut off did not, and none of a launch that goes on", async () => {
    api.hasQueue = false;
    expect((await api.post("/build", BUILD)).status).to.equal(500);
    api.hasQueue = true;
    const { body } = await api.post("/build", BUILD);
    expect([body.reuse_reason, api.nodes.length]).to.deep.equal(["in_progress", 0]);
    api.time += 10_000;
    await api.post("/build", BUILD);
    expect(api.nodes).to.deep.equal([
      { tenant: "public", run_id: body.run_id, node: "charter", execution: 1 },
    ]);
  });

  const crowd = () => Promise.all(Array.from({ length: 200 }, () => api.post("/build", BUILD)));

  it("adds that task once, and fails none, where 200 ask for it at once", async () => {
    api.hasQueue = false;
    await api.post("/build", BUILD);
    api.hasQueue = true;
    api.time += 10_000;
    expect(new Set((await crowd()).map(({ status }) => status))).to.deep.equal(new Set([202]));
    expect(api.nodes.length).to.equal(1);
  });

  it("fails none of 200 that ask at once for a run that stands still", async () => {
    await api.post("/build", BUILD);
    api.time += 900_000;
    expect(new Set((await crowd()).map(({ status }) => status))).to.deep.equal(new Set([202]));
    expect(new Set(api.nodes.map(({ execution }) => execution))).to.deep.equal(new Set([1, 2]));
  });

  it("waits for the run where that is asked: 200 when it has ended", async () => {
    api.meanwhile = async () => {
      const [node] = api.nodes;
      if (node !== undefined) await end(node.run_id, "COMPLETED");
    };
    const { status, body } = await api.post("/build?wait=true", BUILD);
    expect([status, body.status, body.reused]).to.deep.equal([200, "COMPLETED", false]);
    expect(body.artifacts).to.include(`public/${String(body.run_id)}/artifacts/view_model.json`);
  });

  it("waits no longer than its patience", async () => {
    const { status } = await api.post("/build?wait=true", BUILD);
    expect([status, api.waits.length]).to.deep.equal([202, 240]);
  });

  it("keeps the id of another run from being had again", async () => {
    await api.post("/build", { ...BUILD, run_id: "mine" });
    const other = { ...BUILD, run_id: "mine", company: "Other" };
    const before = api.stores.json("public/mine/run.json");
    for (const body of [
      other,
      { ...other, force: true },
      { ...BUILD, run_id: "mine", force: true },
    ]) {
      const { status, body: answer } = await api.post("/build", body);
      expect([status, (answer.detail as { code: string }).code]).to.deep.equal([409, "RUN_EXISTS"]);
    }
    expect(api.stores.json("public/mine/run.json")).to.deep.equal(before);
    // What was refused took nothing away.
    expect((await api.post("/build", BUILD)).body.existing_run_id).to.equal("mine");
    const launched = await api.post("/build", { ...other, run_id: "theirs" });
    expect(launched.body.run_id).to.equal("theirs");
  });

  it("gives an id that two name at once to one, and the other's build to whoever asks next", async () => {
    const other = { ...BUILD, run_id: "mine", company: "Other" };
    const answers = await Promise.all([
      api.post("/build", { ...BUILD, run_id: "mine" }),
      api.post("/build", other),
    ]);
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([202, 409]);
    const lost = answers[0].status === 409 ? BUILD : { ...other, run_id: null };
    const again = await api.post("/build", lost);
    expect([again.status, again.body.reused]).to.deep.equal([202, false]);
  });

  describe("resume_from", () => {
    async function failed(): Promise<string> {
      const runId = runIdOf(await api.post("/build", BUILD));
      const origins = { inputs: {} };
      for (const name of ["scenario_charter", "focal_issue"]) {
        await writeArtifact(api.store, runId, name, {}, origins, api);
      }
      await end(runId, "FAILED");
      return runId;
    }

    it("sets a failed run going again at that node, in another execution", async () => {
      const runId = await failed();
      const { status, body } = await api.post("/build", {
        ...BUILD,
        run_id: runId,
        resume_from: "Company_Profile",
      });
      expect([status, body.run_id, body.reused]).to.deep.equal([202, runId, false]);
      expect(api.nodes.at(-1)).to.deep.equal({
        tenant: "public",
        run_id: runId,
        node: "company_profile",
        execution: 2,
      });
      expect(api.stores.json(`public/${runId}/run.json`)).to.deep.include({
        status: "RUNNING",
        is_final: false,
        error: null,
      });
    });

    const refusals: [what: string, difference: object, status: number][] = [
      ["no run", { run_id: null, resume_from: "charter" }, 400],
      ["a node that is none", { resume_from: "coffee" }, 400],
      ["a node that the run leaves out", { resume_from: "wind_tunnel" }, 400],
      ["a run that is not there", { run_id: "none", resume_from: "charter" }, 404],
      ["other parameters", { company: "Other", resume_from: "charter" }, 409],
      ["what nodes before did not leave", { resume_from: "forces" }, 409],
    ];
    for (const [what, difference, expected] of refusals) {
      it(`refuses ${what}, and leaves the run as it was`, async () => {
        const runId = await failed();
        const before = api.stores.json(`public/${runId}/run.json`);
        const { status } = await api.post("/build", { ...BUILD, run_id: runId, ...difference });
        expect(status).to.equal(expected);
        expect(api.stores.json(`public/${runId}/run.json`)).to.deep.equal(before);
        expect(api.nodes.length).to.equal(1);
      });
    }

    it("refuses a run that has completed, and one that goes on", async () => {
      const runId = runIdOf(await api.post("/build", BUILD));
      const body = { ...BUILD, run_id: runId, resume_from: "charter" };
      expect((await api.post("/build", body)).status).to.equal(409);
      await end(runId, "COMPLETED");
      expect((await api.post("/build", body)).status).to.equal(409);
    });
  });

  describe("of a live run", () => {
    const LIVE = { ...BUILD, mock: false };

    it("is refused without an LLM key, whatever mock says", async () => {
      for (const body of [LIVE, { ...BUILD, settings_overrides: { mode: "live" } }]) {
        const answer = await api.post("/build", body);
        expect([answer.status, answer.body.detail]).to.deep.equal([
          400,
          {
            code: "MISSING_API_KEY",
            message: "No API key found. Provide in UI or set GEMINI_API_KEY in Cloud Run.",
          },
        ]);
      }
    });

    it("carries the caller's LLM key sealed, and leaves it nowhere", async () => {
      const canary = "AIza-canary-0123456789";
      const headers = { "x-gemini-api-key": canary };
      const answer = await api.ask("POST", "/build", { key: ACME_KEY, headers, body: LIVE });
      const [node] = api.nodes;
      const purpose = { tenant: "public", runId: runIdOf(answer) };
      expect(opened(node?.sealed_key ?? "", SCENARIOFORGE_ENV.SEAL_KEY, purpose)).to.equal(canary);
      const other = { ...purpose, runId: "other" };
      expect(opened(node?.sealed_key ?? "", SCENARIOFORGE_ENV.SEAL_KEY, other)).to.equal(undefined);
      await api.ask("POST", "/build", { key: ACME_KEY, headers, body: { scope: canary } });
      await api.ask("GET", `/health?api_key=${canary}`, { headers });
      const stored = [...api.stores.objects].map(([name, { bytes }]) => name + bytes.toString());
      for (const text of [answer.text, ...api.lines, ...stored, JSON.stringify(api.nodes)]) {
        expect(text).not.to.include(canary);
        expect(text).not.to.include(ACME_KEY);
      }
    });
  });
});

describe("POST /runs/{run_id}/clone", () => {
  it("launches the same again, with its sources, as a run of its own", async () => {
    const api = await Api.start();
    const body = { ...BUILD, sources: ["https://example.com/a"] };
    const first = await api.post("/build", body);
    api.time += 1_000;
    const cloned = await api.post(`/runs/${String(first.body.run_id)}/clone`, {});
    expect([cloned.status, cloned.body.reused]).to.deep.equal([202, false]);
    const requests = [first, cloned].map((each) =>
      api.stores.json(`public/${String(each.body.run_id)}/request.json`),
    );
    expect(requests[1]).to.deep.equal(requests[0]);
    expect(cloned.body.signature).to.equal(first.body.signature);
    expect((await api.post("/runs/none/clone", {})).status).to.equal(404);
    expect(
      (await api.post(`/runs/${String(first.body.run_id)}/clone`, {}, OTHER_KEY)).status,
    ).to.equal(404);
    api.stop();
  });
});

describe("without tenant keys", () => {
  it("a caller's own LLM key lets in, and the server's is spent for nobody", async () => {
    const api = await Api.start({ GEMINI_API_KEY: "server-key" });
    const live = { ...BUILD, mock: false };
    expect((await api.ask("POST", "/build", { body: live })).status).to.equal(401);
    expect((await api.post("/build", live, "AIza-own")).status).to.equal(202);
    const [node] = api.nodes;
    const purpose = { tenant: "public", runId: node?.run_id ?? "" };
    expect(opened(node?.sealed_key ?? "", SCENARIOFORGE_ENV.SEAL_KEY, purpose)).to.equal(
      "AIza-own",
    );
    api.stop();
  });

  it("with them, X-Api-Key never reaches Gemini", async () => {
    const api = await Api.start({ ...KEYED, GEMINI_API_KEY: "server-key" });
    await api.post("/build", { ...BUILD, mock: false });
    const [node] = api.nodes;
    const purpose = { tenant: "public", runId: node?.run_id ?? "" };
    expect(opened(node?.sealed_key ?? "", SCENARIOFORGE_ENV.SEAL_KEY, purpose)).to.equal(
      "server-key",
    );
    api.stop();
  });
});
