import { expect } from "chai";
import fc from "fast-check";
import { execFileSync } from "node:child_process";
import { finishRun } from "../../../../functions/scenarios/finish.ts";
import { launched } from "../../scenarios/world.ts";
import { MockRun } from "../../scenarioforge-worker/mock-run.ts";
import { ACME_KEY, Api, OTHER_KEY } from "../api.ts";

let api: Api;
beforeEach(async () => {
  api = await Api.start();
});
afterEach(() => api.stop());

const ARTIFACTS = "public/r1/artifacts/";

async function completed(artifacts: Readonly<Record<string, string>>): Promise<void> {
  await launched(api, "r1");
  for (const [name, text] of Object.entries(artifacts)) api.stores.plant(ARTIFACTS + name, text);
  await finishRun(api.store, "r1", 1, { status: "COMPLETED", events: [] }, api);
}

async function bytesOf(path: string): Promise<Buffer> {
  return Buffer.from(await (await fetch(api.url + path)).arrayBuffer());
}

interface Unzipped {
  readonly bad: string | null;
  readonly files: Readonly<Record<string, string>>;
  readonly times: readonly (readonly number[])[];
}

/** Python's zipfile: what it finds wrong, and what is in it (base64). */
function unzipped(bytes: Buffer): Unzipped {
  const program = `import base64, io, json, sys, zipfile
archive = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))
print(json.dumps({
  "bad": archive.testzip(),
  "files": {each.filename: base64.b64encode(archive.read(each)).decode() for each in archive.infolist()},
  "times": [each.date_time for each in archive.infolist()],
}))`;
  return JSON.parse(
    execFileSync("python3", ["-c", program], { input: bytes }).toString(),
  ) as Unzipped;
}

describe("GET /runs/{run_id}/wind-tunnel.csv", () => {
  const rowsOf = (text: string): string[][] =>
    text
      .trimEnd()
      .split("\r\n")
      .map((line) => line.split(","));

  it("has a row for every strategy in every scenario, with the strategy's rank, for two requests", async () => {
    const run = await new MockRun().makeUntil();
    const evaluations = run.get("wind_tunnel_evaluations_v2");
    const text = JSON.stringify(evaluations);
    await completed({ "wind_tunnel_evaluations_v2.json": text });
    api.stores.calls.length = 0;
    const answer = await api.get("/runs/r1/wind-tunnel.csv");
    expect(answer.status).to.equal(200);
    expect(api.stores.calls).to.deep.equal([
      "get public/r1/run.json",
      `get ${ARTIFACTS}wind_tunnel_evaluations_v2.json`,
    ]);
    expect(answer.headers.get("content-type")).to.equal("text/csv; charset=utf-8; header=present");
    expect(answer.headers.get("content-disposition")).to.equal(
      'attachment; filename="r1-wind-tunnel.csv"',
    );
    expect(answer.headers.get("x-content-type-options")).to.equal("nosniff");
    const [columns = [], ...rows] = rowsOf(answer.text);
    expect(columns.join()).to.equal(
      "strategy_id,strategy_name,scenario_id,scenario_name,outcome_label,score_0_100,grade_letter," +
        "confidence_0_1,rationale_bullets,dominant_forces,failed_assumptions,break_conditions_triggered," +
        "recommended_hardening_actions,rank,overall_score,min_score,variance,robustness_index",
    );
    expect(rows.length).to.equal(evaluations.evaluations.length);
    const [best] = evaluations.rankings.overall;
    const ofBest = rows.filter(([id]) => id === best?.strategy_id).map((row) => row.at(-1));
    expect(ofBest.length).to.be.above(0);
    expect(new Set(ofBest)).to.deep.equal(new Set([String(best?.robustness_index)]));
  });

  it("takes what others wrote as far as it goes", async () => {
    const evaluations = [
      { strategy_id: "s", score_0_100: "74", grade_letter: "B", rationale_bullets: ["a", 1, "b"] },
      { score_0_100: -2 },
    ];
    await completed({ "wind_tunnel_evaluations_v2.json": JSON.stringify({ evaluations }) });
    const [, first, second] = rowsOf((await api.get("/runs/r1/wind-tunnel.csv")).text);
    expect(first?.join()).to.equal('s,,,,,,B,,"a; ; b",,,,,,,,,');
    expect(second?.join()).to.equal(",,,,,-2,,,,,,,,,,,,");
  });

  for (const stored of [undefined, "{", "[]", '{"evaluations": 1}']) {
    it(`is 404 where the artifact is ${stored ?? "absent"}`, async () => {
      await completed(stored === undefined ? {} : { "wind_tunnel_evaluations_v2.json": stored });
      const { status, body } = await api.get("/runs/r1/wind-tunnel.csv");
      expect([status, body.detail]).to.deep.equal([404, "This run has no wind tunnel."]);
    });
  }
});

describe("GET /runs/{run_id}/artifacts.zip", () => {
  it("has every artifact byte for byte, images too, for one request each", async () => {
    await completed({
      "charter.json": '{"title": "A"}',
      "notes.md": "# Übersicht\n",
      "empty.txt": "",
    });
    const image = Buffer.from(
      fc.sample(fc.uint8Array({ minLength: 900 }), { numRuns: 1, seed: 1 })[0] ?? [],
    );
    const stored = { bytes: image, contentType: "image/png", generation: "999" };
    api.stores.objects.set(`${ARTIFACTS}images/scenario_S1.png`, stored);
    const names = api.stores.names(ARTIFACTS);
    api.stores.calls.length = 0;
    const bytes = await bytesOf("/runs/r1/artifacts.zip");
    const { bad, files, times } = unzipped(bytes);
    expect(bad).to.equal(null);
    expect(files).to.deep.equal(
      Object.fromEntries(
        names.map((name) => [
          name.replace(ARTIFACTS, "r1/"),
          api.stores.objects.get(name)?.bytes.toString("base64"),
        ]),
      ),
    );
    expect(times[0]).to.deep.equal([2026, 11, 21, 12, 0, 0]);
    expect(api.stores.calls.length).to.equal(2 + names.length);
  });

  it("says what it is, and is the same again", async () => {
    await completed({ "charter.json": "{}" });
    const response = await fetch(`${api.url}/runs/r1/artifacts.zip`);
    expect(response.headers.get("content-type")).to.equal("application/zip");
    expect(response.headers.get("content-disposition")).to.equal(
      'attachment; filename="r1-artifacts.zip"',
    );
    expect(response.headers.get("x-content-type-options")).to.equal("nosniff");
    const first = Buffer.from(await response.arrayBuffer());
    expect((await bytesOf("/runs/r1/artifacts.zip")).equals(first)).to.equal(true);
  });

  it("reads an artifact when its turn comes, so that one at a time is in memory", async () => {
    const large = "x".repeat(1_000_000);
    const count = 30;
    await completed(
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`a${at}.png`, large])),
    );
    api.stores.calls.length = 0;
    const response = await fetch(`${api.url}/runs/r1/artifacts.zip`);
    const reader = response.body?.getReader();
    await reader?.read();
    // What is on its way is in buffers of some hundred KB.
    await new Promise((resolve) => setImmediate(resolve));
    expect(api.stores.calls.length).to.be.below(2 + count / 2);
    await reader?.cancel();
  });

  it("leaves names out, by name, that lead elsewhere when they are unpacked", async () => {
    const tricks = [
      "../up.json",
      "a/../b.json",
      "/etc/passwd",
      "C:\\x",
      "a\\..\\b",
      ".hidden",
      "nul\u{0}",
      "dot./x",
      "CON",
      "a/lpt1.txt",
    ];
    await completed({ "charter.json": "{}" });
    for (const name of tricks) api.stores.plant(ARTIFACTS + name, "x");
    const { files } = unzipped(await bytesOf("/runs/r1/artifacts.zip"));
    expect(Object.keys(files)).to.include.members(["r1/charter.json", "r1/_left_out.txt"]);
    for (const name of Object.keys(files)) expect(name).to.match(/^r1\/[A-Za-z0-9_][\w.-]*$/);
    const told = Buffer.from(files["r1/_left_out.txt"] ?? "", "base64").toString();
    expect(
      told
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as string),
    ).to.have.members(tricks);
  });

  it("breaks off where an artifact cannot be read, so that nobody takes a part for the whole", async () => {
    await completed({ "a.json": "{}", "b.json": "{}" });
    api.stores.before = (call) => {
      if (call.endsWith("b.json")) throw new Error("The bucket is gone.");
    };
    const failed = await bytesOf("/runs/r1/artifacts.zip").then(
      () => false,
      () => true,
    );
    expect(failed).to.equal(true);
  });
});

describe("exports", () => {
  const paths = ["/runs/r1/wind-tunnel.csv", "/runs/r1/artifacts.zip"];
  const statuses = (key?: string) =>
    Promise.all(paths.map(async (path) => (await api.get(path, key)).status));
  const artifacts = { "wind_tunnel_evaluations_v2.json": '{"evaluations": []}' };

  it("are for those who may read the run", async () => {
    await launched(api, "r1");
    for (const [name, text] of Object.entries(artifacts)) api.stores.plant(ARTIFACTS + name, text);
    expect(await statuses()).to.deep.equal([404, 404]);
    expect(await statuses(ACME_KEY)).to.deep.equal([200, 200]);
    expect(await statuses(OTHER_KEY)).to.deep.equal([404, 404]);
    await finishRun(api.store, "r1", 1, { status: "COMPLETED", events: [] }, api);
    expect(await statuses()).to.deep.equal([200, 200]);
    await api.ask("DELETE", "/runs/r1", { key: ACME_KEY });
    expect(await statuses()).to.deep.equal([404, 404]);
    expect(await statuses("a-key-that-nobody-has")).to.deep.equal([401, 401]);
  });

  it("are answered to HEAD without a body", async () => {
    await completed(artifacts);
    for (const path of paths) {
      const { status, text } = await api.ask("HEAD", path);
      expect([status, text], path).to.deep.equal([200, ""]);
    }
  });
});
