import { expect } from "chai";
import { writeArtifact } from "../../../functions/scenarios/artifacts.ts";
import { index } from "../../../functions/scenarios/entries.ts";
import { finishRun } from "../../../functions/scenarios/finish.ts";
import { launched } from "../scenarios/world.ts";
import { ACME_KEY, ADMIN_KEY, Api, OTHER_KEY } from "./api.ts";
import { PATHS_OF_R1, PIXEL, completed, running } from "./kept-runs.ts";

let api: Api;
beforeEach(async () => {
  api = await Api.start();
});
afterEach(() => api.stop());

describe("judge mode", () => {
  const statuses = (key?: string) =>
    Promise.all(PATHS_OF_R1.map(async (path) => (await api.get(path, key)).status));
  const all = (status: number) => PATHS_OF_R1.map(() => status);

  it("shows a completed run to anybody", async () => {
    await completed(api);
    expect(await statuses()).to.deep.equal(all(200));
    expect((await api.get("/runs")).body.runs).to.deep.equal(["r1"]);
  });

  it("shows a running and a deleted run to holders of a key only", async () => {
    await running(api);
    expect(await statuses()).to.deep.equal(all(404));
    expect(await statuses(ACME_KEY)).to.deep.equal(all(200));
    expect((await api.get("/runs")).body.runs).to.deep.equal([]);
    expect((await api.get("/runs", ACME_KEY)).body.runs).to.deep.equal(["r1"]);
    await finishRun(api.store, "r1", 1, { status: "COMPLETED", events: [] }, api);
    await api.ask("DELETE", "/runs/r1", { key: ACME_KEY });
    expect(await statuses()).to.deep.equal(all(404));
    expect(await statuses(ACME_KEY)).to.deep.equal(all(200));
    expect((await api.get("/latest")).body.run_id).to.equal(null);
  });

  it("says no more of a run that is hidden than of one that is not there", async () => {
    await running(api);
    const [hidden, none] = [await api.get("/runs/r1"), await api.get("/runs/none")];
    const { request_id: one, ...first } = hidden.body;
    const { request_id: two, ...second } = none.body;
    expect([one, two].every((id) => typeof id === "string")).to.equal(true);
    expect(first).to.deep.equal(second);
  });

  it("changes nothing for whoever has no key: 401", async () => {
    await completed(api);
    const before = new Map(api.stores.objects);
    for (const [method, path] of [
      ["POST", "/build"],
      ["DELETE", "/runs/r1"],
      ["POST", "/runs/r1/undelete"],
      ["POST", "/runs/r1/clone"],
      ["POST", "/runs/r1/cancel"],
      ["POST", "/runs/r1/resume"],
      ["POST", "/action-console/r1"],
      ["POST", "/action-console/r1/generate"],
      ["POST", "/chat"],
      ["POST", "/upload"],
      ["POST", "/strategies"],
      ["POST", "/daily"],
      ["POST", "/config"],
      ["GET", "/config"],
    ] as const) {
      const asked = method === "POST" ? { body: {} } : {};
      const { status, body } = await api.ask(method, path, asked);
      expect([status, body.detail], path).to.deep.equal([
        401,
        "An API key is required: X-Api-Key, or Authorization: Bearer.",
      ]);
    }
    expect(api.stores.objects).to.deep.equal(before);
  });

  it("refuses a key that is none of ours, for reads too: 401", async () => {
    await completed(api);
    expect((await api.get("/runs/r1", "a-key-that-nobody-has")).status).to.equal(401);
  });
});

describe("a running run", () => {
  it("is shown with the last attempt of each node, and its view model is made of what is there", async () => {
    await running(api);
    const { body } = await api.get("/artifact/r1/view_model.json", ACME_KEY);
    expect(body.charter).to.deep.equal({ title: "A" });
    const meta = body.run_meta as { status: string; node_status: Record<string, object> };
    expect(meta.status).to.equal("RUNNING");
    expect(meta.node_status.charter).to.deep.include({ status: "OK", attempt: 2, error: null });
  });

  it("says that it stands still when it gave no sign of life", async () => {
    await running(api);
    api.time += 900_000;
    const { body } = await api.get("/runs/r1", ACME_KEY);
    expect(body.meta).to.deep.include({ status: "RUNNING", is_stalled: true });
  });
});

describe("a completed run", () => {
  beforeEach(() => completed(api));

  it("has the same status in run.json and in its view model, whatever was frozen", async () => {
    api.stores.plant("public/r1/artifacts/view_model.json", '{"run_meta": {"status": "FAIL"}}');
    const { body } = await api.get("/artifact/r1/view_model.json");
    expect(body.run_meta).to.deep.include({ status: "COMPLETED", run_id: "r1" });
  });

  it("names its artifacts as the original did", async () => {
    const { body } = await api.get("/runs/r1");
    expect(body.artifacts).to.deep.equal(
      [
        "images/scenario_S1.png",
        "index.json",
        "notes.md",
        "scenario_charter.json",
        "scenario_charter.meta.json",
        "view_model.json",
      ].map((name) => `public/r1/artifacts/${name}`),
    );
  });

  it("gives text as text, JSON as JSON, and images as images", async () => {
    const text = await api.get("/artifact/r1/notes.md");
    expect([text.text, text.headers.get("content-type")]).to.deep.equal([
      "# Notes",
      "text/plain; charset=utf-8",
    ]);
    const json = await api.get("/artifact/r1/scenario_charter.json");
    expect(json.body).to.deep.equal({ title: "A" });
    const image = await fetch(`${api.url}/artifact/r1/image/scenario_S1.png`);
    expect(image.headers.get("content-type")).to.equal("image/png");
    expect(Buffer.from(await image.arrayBuffer())).to.deep.equal(PIXEL);
  });

  it("answers 304 to who has it already, and 200 to who has another", async () => {
    for (const path of ["/artifact/r1/view_model.json", "/artifact/r1/image/scenario_S1.png"]) {
      const etag = (await api.get(path)).headers.get("etag") ?? "";
      const asked = (has: string) => api.ask("GET", path, { headers: { "if-none-match": has } });
      const again = await asked(`"other", ${etag}`);
      expect([again.status, again.text], path).to.deep.equal([304, ""]);
      expect((await asked('"other"')).status, path).to.equal(200);
    }
  });

  it("is in no cache that others read from", async () => {
    for (const path of ["/runs", "/runs/r1", "/artifact/r1/notes.md", "/runs/r1/artifacts.zip"]) {
      const { headers } = await api.get(path, ACME_KEY);
      expect(headers.get("cache-control"), path).to.equal("private, no-cache");
    }
  });

  it("is the latest, until it is deleted", async () => {
    expect((await api.get("/latest")).body).to.deep.include({ run_id: "r1", daily_brief: {} });
    await completed(api, "r2");
    expect((await api.get("/latest")).body.run_id).to.equal("r2");
    await api.ask("DELETE", "/runs/r2", { key: ACME_KEY });
    expect((await api.get("/latest")).body.run_id).to.equal("r1");
  });
});

describe("a run that was set going again after its end", () => {
  const resumed = () => {
    const written = api.stores.json("public/r1/run.json") as object;
    const run = { ...written, status: "RUNNING", is_final: false, execution: 2 };
    api.stores.plant("public/r1/run.json", JSON.stringify(run));
    api.stores.plant("public/r1/artifacts/scenario_charter.json", '{"title": "B"}');
  };

  it("has a view model of what is there by now, not the one that was frozen", async () => {
    await completed(api);
    resumed();
    const { body } = await api.get("/artifact/r1/view_model.json", ACME_KEY);
    expect(body.charter).to.deep.equal({ title: "B" });
  });

  it("is the latest no more to whoever may not see it", async () => {
    await completed(api, "older");
    api.time += 1_000;
    await completed(api);
    resumed();
    await index(api.store, "r1", api);
    expect((await api.get("/latest")).body.run_id).to.equal("older");
    expect((await api.get("/latest", ACME_KEY)).body.run_id).to.equal("r1");
  });
});

describe("the latest run", () => {
  it("is the newest that the caller sees, where none has ended last", async () => {
    await completed(api, "older");
    api.stores.objects.delete("public/latest.json");
    api.time += 1_000;
    await running(api);
    expect((await api.get("/latest")).body.run_id).to.equal("older");
    expect((await api.get("/latest", ACME_KEY)).body.run_id).to.equal("r1");
  });
});

describe("deletes", () => {
  it("hide a run and keep its objects, as often as they are asked, and are undone", async () => {
    await completed(api);
    const names = api.stores.names("public/r1/");
    for (let time = 0; time < 2; time += 1) {
      const { status, body } = await api.ask("DELETE", "/runs/r1", { key: ACME_KEY });
      expect([status, body]).to.deep.equal([200, { run_id: "r1", deleted: true }]);
    }
    expect((await api.get("/runs", ACME_KEY)).body.runs).to.deep.equal([]);
    expect((await api.get("/runs?deleted=true", ACME_KEY)).body.runs).to.deep.equal(["r1"]);
    expect(api.stores.names("public/r1/")).to.deep.equal(names);
    expect(api.stores.json("public/r1/run.json")).to.deep.include({
      is_deleted: true,
      deleted_by: "public",
      status: "COMPLETED",
    });
    const { body } = await api.post("/runs/r1/undelete", {});
    expect(body).to.deep.equal({ run_id: "r1", deleted: false });
    expect((await api.get("/runs")).body.runs).to.deep.equal(["r1"]);
    expect((await api.ask("DELETE", "/runs/none", { key: ACME_KEY })).status).to.equal(404);
  });

  it("of runs written out of band keep what was written", async () => {
    const written = {
      run_id: "verify-20261121021712",
      status: "COMPLETED",
      is_final: true,
      signature: "verify",
    };
    api.stores.plant("public/verify-20261121021712/run.json", JSON.stringify(written));
    const listed = await api.get("/runs");
    expect(listed.body.labels).to.deep.equal({
      "verify-20261121021712": "verify-20261121021712 | SP60 | Global",
    });
    const shown = await api.get("/runs/verify-20261121021712");
    expect(shown.body.meta).to.deep.equal(written);
    await api.ask("DELETE", "/runs/verify-20261121021712", { key: ACME_KEY });
    expect(api.stores.json("public/verify-20261121021712/run.json")).to.deep.include({
      ...written,
      is_deleted: true,
    });
    expect((await api.get("/runs")).body.runs).to.deep.equal([]);
  });
});

describe("GET /runs", () => {
  it("goes page by page, and orders one sweep a time span", async () => {
    for (const second of [10, 11, 12]) await completed(api, `202611211200${second}`);
    const first = await api.get("/runs?limit=2");
    expect(first.body.runs).to.deep.equal(["20261121120012", "20261121120011"]);
    const cursor = String(first.body.next_cursor);
    const second = await api.get(`/runs?limit=2&cursor=${cursor}`);
    expect([second.body.runs, second.body.next_cursor]).to.deep.equal([["20261121120010"], null]);
    expect(api.sweeps.length).to.equal(1);
    api.time += 600_000;
    await api.get("/runs");
    expect(api.sweeps.map(([sweep]) => sweep)).to.deep.equal([
      { tenant: "public" },
      { tenant: "public" },
    ]);
  });

  it("finds runs by all words of a label or an id, and by status", async () => {
    for (const [runId, label] of [
      ["20261121120010", "Åcme Ltd | SP60 | Norway"],
      ["20261121120011", "ACME LTD | SP60 | Sweden"],
      ["20261121120012", "Other | SP36 | Norway"],
    ] as const) {
      await launched(api, runId, { label });
      const status = runId.endsWith("2") ? "FAILED" : "COMPLETED";
      await finishRun(api.store, runId, 1, { status, events: [] }, api);
    }
    const found = async (query: string) => {
      const { body } = await api.get(`/runs?${query}`);
      return (body.runs as string[]).map((runId) => runId.slice(-2));
    };
    expect(await found("q=ltd")).to.deep.equal(["11", "10"]);
    expect(await found("q=%20NORWAY%20sp60")).to.deep.equal(["10"]);
    expect(await found("q=a%CC%8Acme")).to.deep.equal(["10"]);
    expect(await found("q=20261121120012")).to.deep.equal(["12"]);
    expect(await found("q=norway&status=failed")).to.deep.equal(["12"]);
    expect(await found("status=COMPLETED&limit=1")).to.deep.equal(["11"]);
    expect(await found("q=nobody&status=")).to.deep.equal([]);
  });

  it("costs a search no more than another list of the index", async () => {
    for (let second = 10; second < 40; second += 1) await completed(api, `202611211200${second}`);
    for (const query of ["limit=10", "limit=10&q=20261121120012", "limit=10&q=nobody"]) {
      api.stores.calls.length = 0;
      await api.get(`/runs?${query}`);
      const lists = api.stores.calls.filter((call) => call.startsWith("list "));
      expect(api.stores.calls, query).to.deep.equal(lists);
      expect(lists.length, query).to.be.at.most(4);
    }
  });

  const tooLong = "x".repeat(201);
  for (const query of [
    ...["limit=0", "limit=201", "limit=x", "cursor=..%2F", "cursor="],
    ...[`q=${tooLong}`, "status=%00", "status=a%20b"],
  ]) {
    it(`refuses ${query.slice(0, 20)}`, async () => {
      expect((await api.get(`/runs?${query}`)).status).to.equal(422);
    });
  }
});

describe("the action console", () => {
  const evaluations = {
    recommendations: {
      primary_recommended_strategy: { strategy_name: "Invest" },
      hardening_actions: ["Monitor"],
      hedge_actions: ["Keep an option"],
      triggers_to_watch: [
        { trigger_id: "t1", description: "Rates rise.", recommended_action: "hedge" },
        { trigger_id: "t1", description: "Rates rise.", recommended_action: "hedge" },
      ],
    },
  };

  it("says what the recommendations say, each trigger once and in its own words", async () => {
    await running(api);
    await writeArtifact(api.store, "r1", "wind_tunnel_evaluations_v2", evaluations, {}, api);
    const { body } = await api.get("/action-console/r1", ACME_KEY);
    const items = body.items as Record<string, unknown>[];
    expect(
      items.map(({ id, priority, type, title, strategy, trigger }) => [
        id,
        priority,
        type,
        title,
        strategy,
        trigger,
      ]),
    ).to.deep.equal([
      ["action-1", "P0", "hardening", "Monitor", "Invest", null],
      ["action-2", "P1", "hedge", "Keep an option", null, null],
      ["action-3", "P2", "trigger", "Rates rise.", null, "Rates rise."],
    ]);
    const again = await api.get("/action-console/r1", ACME_KEY);
    expect(again.body).to.deep.equal(body);
    expect(api.stores.objects.has("public/r1/artifacts/action_console.json")).to.equal(false);
  });

  it("is saved and made anew while the run goes on, and not after", async () => {
    await running(api);
    const item = { id: "a", priority: "P0", type: "custom", title: "Call" };
    const saved = await api.post("/action-console/r1", { items: [item] });
    expect(saved.status).to.equal(200);
    expect((await api.get("/action-console/r1", ACME_KEY)).body).to.deep.equal(saved.body);
    expect((await api.post("/action-console/r1/generate", {})).body.items).to.deep.equal([]);
    await finishRun(api.store, "r1", 1, { status: "FAILED", events: [] }, api);
    for (const path of ["/action-console/r1", "/action-console/r1/generate"]) {
      const { status, body } = await api.post(path, { items: [] });
      expect([status, body.detail]).to.deep.equal([
        409,
        { code: "RUN_READ_ONLY", message: "Run is completed and read-only." },
      ]);
    }
    for (const path of ["/strategies", "/daily"]) {
      expect((await api.post(path, { run_id: "r1" })).status).to.equal(409);
    }
  });
});

describe("GET and POST /config", () => {
  it("keep a tenant's settings, changed by its admins", async () => {
    const settings = { temperature: 1 };
    expect((await api.post("/config", { settings }, ACME_KEY)).status).to.equal(403);
    expect((await api.post("/config", { settings }, ADMIN_KEY)).body).to.deep.equal({
      settings,
      is_admin: true,
    });
    expect((await api.get("/config", ACME_KEY)).body).to.deep.equal({ settings, is_admin: false });
    expect((await api.get("/config", OTHER_KEY)).body.settings).to.deep.equal({});
    const unknown = await api.post("/config", { settings: { secret: 1 } }, ADMIN_KEY);
    expect(unknown.status).to.equal(422);
  });
});

describe("GET /health", () => {
  it("says what the document asks for, and no key", async () => {
    const { status, body, text } = await api.get("/health?api_key=a-canary");
    expect(status).to.equal(200);
    expect(body).to.deep.equal({
      ok: true,
      role: "scenarioforge",
      storage_backend: "gcs",
      runs_dir: "gs://p-scenarioforge/scenarioforge/runs",
      runs_location: "gs://p-scenarioforge/scenarioforge/runs",
      runs_prefix: "scenarioforge/runs",
      api_key_source: "user",
      auth: "keys",
      vector_store: "off",
      vector_scope: "run",
      vector_location: "disabled",
      version: "unknown",
    });
    expect(text).not.to.include("a-canary");
    expect((await api.get("/health")).body.api_key_source).to.equal("none");
    expect((await api.get("/health?api_key=")).body.api_key_source).to.equal("none");
  });
});

describe("too many requests", () => {
  it("are answered 429 with the time to wait, for each tenant and each address on its own", async () => {
    const limited = await Api.start({
      SCENARIOOPS_DEFAULT_API_KEY: ACME_KEY,
      SCENARIOOPS_API_KEYS: JSON.stringify([{ key: OTHER_KEY, tenant: "other" }]),
      RATE_LIMIT_PER_MINUTE: "2",
      ANONYMOUS_LIMIT_PER_MINUTE: "2",
    });
    const statuses: number[] = [];
    for (let each = 0; each < 3; each += 1) {
      statuses.push((await limited.get("/config", ACME_KEY)).status);
      statuses.push((await limited.get("/runs")).status);
    }
    expect(statuses).to.deep.equal([200, 200, 200, 200, 429, 429]);
    expect((await limited.get("/config", ACME_KEY)).headers.get("retry-after")).to.equal("30");
    expect((await limited.get("/config", OTHER_KEY)).status).to.equal(200);
    const headers = { "x-forwarded-for": "1.2.3.4, 5.6.7.8" };
    expect((await limited.ask("GET", "/runs", { headers })).status).to.equal(200);
    limited.time += 30_000;
    expect((await limited.get("/config", ACME_KEY)).status).to.equal(200);
    limited.stop();
  });
});
