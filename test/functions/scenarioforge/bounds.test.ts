import { expect } from "chai";
import { writeArtifact } from "../../../functions/scenarios/artifacts.ts";
import { rateLimit } from "../../../functions/scenarioforge/rate-limit.ts";
import { presentedKeys } from "../../../functions/scenarioforge/keys.ts";
import { launched } from "../scenarios/world.ts";
import { ACME_KEY, Api, BUILD, KEYED, OTHER_KEY } from "./api.ts";

describe("rateLimit", () => {
  const over = (limit: (name: string) => void, name: string): boolean => {
    try {
      limit(name);
      return false;
    } catch {
      return true;
    }
  };

  it("saves up no more than a minute's worth", () => {
    let time = 0;
    const limit = rateLimit(2, () => time);
    limit("a");
    time += 3_600_000;
    expect([1, 2, 3].map(() => over(limit, "a"))).to.deep.equal([false, false, true]);
  });

  it("remembers 10,000 names, and forgets the one that was quiet the longest", () => {
    const limit = rateLimit(1, () => 0);
    limit("first");
    limit("second");
    expect(over(limit, "first")).to.equal(true);
    for (let each = 0; each < 9_999; each += 1) limit(`name-${each}`);
    expect([over(limit, "first"), over(limit, "second")]).to.deep.equal([true, false]);
  });
});

describe("keys", () => {
  it("are taken from the header, then from the bearer, then from the address", async () => {
    const api = await Api.start();
    const tenantOf = async (headers: Record<string, string>, query: string) => {
      const asked = await api.ask("POST", `/build${query}`, { headers, body: BUILD });
      return asked.status === 202 ? api.nodes.pop()?.tenant : asked.status;
    };
    const bearer = { authorization: `Bearer ${OTHER_KEY}` };
    expect([
      await tenantOf(bearer, `?api_key=${ACME_KEY}`),
      await tenantOf({ ...bearer, "x-api-key": ACME_KEY }, ""),
      await tenantOf({}, "?api_key=nobodys-key-0123456789"),
    ]).to.deep.equal(["other", "public", 401]);
    api.stop();
  });

  it("have at most 1,000 characters", () => {
    const keyOf = (length: number) =>
      presentedKeys({ "x-api-key": "a".repeat(length) }, undefined).apiKey?.length;
    expect([keyOf(1_000), keyOf(1_001)]).to.deep.equal([1_000, undefined]);
  });
});

describe("the run API", () => {
  let api: Api;
  beforeEach(async () => {
    api = await Api.start({ ...KEYED, MAX_UPLOAD_BYTES: "10" });
  });
  afterEach(() => api.stop());

  it("takes a file of the most bytes, and no text with a NUL in it", async () => {
    const send = async (file: File) => {
      const form = new FormData();
      form.append("files", file);
      return (await api.ask("POST", "/upload", { key: ACME_KEY, body: form })).status;
    };
    expect([
      await send(new File(["0123456789"], "a.txt")),
      await send(new File(["a\0b"], "a.txt")),
    ]).to.deep.equal([200, 415]);
  });

  it("keeps 200 items of an action console, and no more", async () => {
    await launched(api, "r1");
    const item = { id: "a", priority: "P0", type: "custom", title: "Call" };
    const save = async (count: number) =>
      (await api.post("/action-console/r1", { items: Array(count).fill(item) })).status;
    expect([await save(200), await save(201)]).to.deep.equal([200, 422]);
  });

  it("says at most 20 things that are wrong", async () => {
    const items = Array.from({ length: 50 }, () => ({}));
    const { body } = await api.post("/action-console/r1", { items });
    expect(body.detail).to.have.length(20);
  });

  it("answers a question from as many passages as it is asked for, each cut off", async () => {
    await launched(api, "r1", { is_final: true, status: "COMPLETED" });
    const scenarios = ["S1", "S2", "S3"].map((id) => ({
      scenario_id: id,
      name: id,
      narrative: `Trade grows. ${"Words go on. ".repeat(200)}`,
    }));
    await writeArtifact(api.store, "r1", "scenarios", { scenarios }, {}, api);
    const { body } = await api.post("/chat", { run_id: "r1", question: "trade", top_k: 2 });
    expect(body.sources).to.have.length(2);
    expect(
      String(body.answer)
        .split("\n\n")
        .map(({ length }) => length),
    ).to.deep.equal([604, 604]);
  });

  it("calls a run by what it is about, where no company is named", async () => {
    const { body } = await api.post("/build", { ...BUILD, company: null });
    expect(api.stores.json(`public/${String(body.run_id)}/run.json`)).to.include({
      label: "United States | SP60 | United States",
    });
  });

  it("calls a run by its place, where no geography is named", async () => {
    const launches = [
      [{ scope: "country", value: "Sweden" }, "Acme | SP60 | Sweden"],
      [{ scope: "world", value: "Earth" }, "Acme | SP60 | Global"],
    ] as const;
    for (const [place, label] of launches) {
      const request = { ...BUILD, company: "Acme", geography: null, ...place };
      const { body } = await api.post("/build", request);
      expect(api.stores.json(`public/${String(body.run_id)}/run.json`)).to.include({ label });
    }
  });

  it("clones with documents and settings, and nothing that is deleted", async () => {
    const form = new FormData();
    form.append("files", new File(["one"], "one.txt"));
    const uploaded = await api.ask("POST", "/upload", { key: ACME_KEY, body: form });
    const overrides = { min_forces: 7 };
    const first = await api.post("/build", {
      ...BUILD,
      input_docs: uploaded.body.files,
      settings_overrides: overrides,
    });
    api.time += 1_000;
    const path = `/runs/${String(first.body.run_id)}`;
    const cloned = await api.post(`${path}/clone`, {});
    expect(cloned.body.signature).to.equal(first.body.signature);
    await api.ask("DELETE", path, { key: ACME_KEY });
    expect((await api.post(`${path}/clone`, {})).status).to.equal(404);
  });
});
