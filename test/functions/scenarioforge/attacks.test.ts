import { once } from "node:events";
import http from "node:http";
import { expect } from "chai";
import { ACME_KEY, Api, BUILD, OTHER_KEY } from "./api.ts";
import { PATHS_OF_R1, completed } from "./kept-runs.ts";

let api: Api;
beforeEach(async () => {
  api = await Api.start();
});
afterEach(() => api.stop());

describe("one tenant", () => {
  it("never sees, changes or chats about another's runs", async () => {
    await completed(api);
    const id = "0".repeat(32);
    api.stores.plant(`public/_uploads/${id}`, "secret", "text/plain");
    api.stores.plant(`public/_uploads/${id}.about.json`, "{}");
    const paths = [
      ...PATHS_OF_R1,
      "/run/r1/logs/normalization",
      "/runs/r1/artifacts.zip",
      "/runs/r1/wind-tunnel.csv",
    ];
    for (const path of paths) {
      expect((await api.get(path, OTHER_KEY)).status, path).to.equal(404);
    }
    expect((await api.get("/runs", OTHER_KEY)).body.runs).to.deep.equal([]);
    expect((await api.get("/latest", OTHER_KEY)).body.run_id).to.equal(null);
    const before = new Map(api.stores.objects);
    expect((await api.ask("DELETE", "/runs/r1", { key: OTHER_KEY })).status).to.equal(404);
    const body = { run_id: "r1", resume_from: "charter", question: "charter", items: [] };
    for (const [path, status] of [
      ["/chat", 404],
      ["/build", 404],
      ["/runs/r1/undelete", 404],
      ["/runs/r1/clone", 404],
      ["/runs/r1/cancel", 404],
      ["/runs/r1/resume", 404],
      ["/action-console/r1", 404],
      ["/action-console/r1/generate", 404],
      ["/strategies", 404],
      ["/daily", 404],
    ] as const) {
      const answer = await api.post(path, { ...BUILD, ...body }, OTHER_KEY);
      expect(answer.status, path).to.equal(status);
    }
    const named = await api.post("/build", { ...BUILD, input_docs: [id] }, OTHER_KEY);
    expect(named.status).to.equal(422);
    expect(api.stores.objects).to.deep.equal(before);
  });

  it("shares no run with another, nor is kept from a name that the other has", async () => {
    const ours = await api.post("/build", { ...BUILD, run_id: "mine" });
    const theirs = await api.post("/build", { ...BUILD, run_id: "mine" }, OTHER_KEY);
    expect([ours, theirs].map(({ status, body }) => [status, body.reused])).to.deep.equal([
      [202, false],
      [202, false],
    ]);
    expect(ours.body.signature).to.equal(theirs.body.signature);
    expect(api.nodes.map(({ tenant }) => tenant)).to.deep.equal(["public", "other"]);
  });
});

describe("artifacts and logs", () => {
  it("are served so that nothing in them runs, whatever their names and types say", async () => {
    await completed(api);
    const script = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    const types = ["html", "svg", "xml", "xhtml", "js", "png", "pdf", "json", "md", "HTML"];
    for (const type of types) {
      for (const folder of ["artifacts", "artifacts/images", "logs"]) {
        api.stores.plant(`public/r1/${folder}/evil.${type}`, script, "text/html");
      }
    }
    const answers = await Promise.all(
      types.flatMap((type) =>
        [`/artifact/r1/evil.${type}`, `/artifact/r1/image/evil.${type}`].map(async (path) => {
          const { status, headers } = await api.get(path);
          expect(headers.get("x-content-type-options"), path).to.equal(
            status === 200 ? "nosniff" : null,
          );
          expect(headers.get("content-security-policy"), path).to.equal(
            status === 200 ? "default-src 'none'; sandbox" : null,
          );
          return `${status} ${headers.get("content-type") ?? ""}`;
        }),
      ),
    );
    // What is no image is none of the images.
    expect(new Set(answers)).to.deep.equal(
      new Set([
        "200 text/plain; charset=utf-8",
        "200 image/png",
        "404 application/json; charset=utf-8",
      ]),
    );
    const log = await api.get("/run/r1/logs/evil.html");
    expect([log.headers.get("content-type"), log.body]).to.deep.equal([
      "application/json; charset=utf-8",
      { entries: [] },
    ]);
  });
});

describe("paths", () => {
  const tricks = [
    "..",
    "...",
    "%2e%2e",
    ".%2e",
    "%252e%252e",
    "..%2f..%2fother",
    "..%252fother",
    "a%2fb",
    "a%5cb",
    "..%5c..%5cother",
    "%2fetc%2fpasswd",
    "%00",
    "r1%00.json",
    "r1%0a",
    "r1%20",
    ".hidden",
    "-r1",
    "_index",
    "_uploads",
    "%c0%ae%c0%ae",
    "%ef%bc%8e%ef%bc%8e",
    "%e2%80%ae1r",
    "r%CC%81",
    "%zz",
    "%",
    "r1;x=1",
    "a".repeat(200),
    "a".repeat(8_000),
  ];
  for (const trick of tricks) {
    it(`never lead out by ${trick.slice(0, 20)}`, async () => {
      await completed(api);
      api.stores.calls.length = 0;
      for (const [method, path] of [
        ["GET", `/runs/${trick}`],
        ["GET", `/runs/${trick}/artifacts.zip`],
        ["GET", `/runs/${trick}/wind-tunnel.csv`],
        ["GET", `/runs/${trick}/parts/forces`],
        ["GET", `/runs/r1/parts/${trick}`],
        ["GET", `/assets/${trick}`],
        ["GET", `/artifact/${trick}/run.json`],
        ["GET", `/artifact/r1/${trick}`],
        ["GET", `/artifact/r1/image/${trick}`],
        ["GET", `/run/${trick}/node_events`],
        ["GET", `/run/${trick}/normalization`],
        ["GET", `/run/r1/logs/${trick}`],
        ["GET", `/action-console/${trick}`],
        ["DELETE", `/runs/${trick}`],
        ["POST", `/runs/${trick}/clone`],
        ["POST", `/runs/${trick}/undelete`],
        ["POST", `/runs/${trick}/cancel`],
        ["POST", `/runs/${trick}/resume`],
        ["POST", `/action-console/${trick}/generate`],
      ] as const) {
        // As it is written: fetch would take the dots away.
        const status = await plainStatus(method, path);
        expect(status, `${method} ${path}`).to.be.within(400, 499);
      }
      for (const name of [decoded(trick), trick]) {
        for (const [path, body] of [
          ["/build", { ...BUILD, run_id: name }],
          ["/build", { ...BUILD, input_docs: [name] }],
          ["/chat", { run_id: name, question: "trade" }],
          ["/daily", { run_id: name }],
        ] as const) {
          expect((await api.post(path, body)).status, path).to.equal(422);
        }
      }
      const elsewhere = /^\w+ public\/(?:r1\/run\.json|_settings\.json)$/;
      expect(api.stores.calls.filter((call) => !elsewhere.test(call))).to.deep.equal([]);
    });
  }

  it("that a file of a run may not have are in none of a run's files", async () => {
    await completed(api);
    api.stores.plant("public/r1/artifacts/..", "{}");
    api.stores.plant("public/r1/artifacts/a\\b.json", "{}");
    expect((await api.get("/runs/r1")).status).to.equal(200);
    expect(await plainStatus("GET", "/artifact/r1/..")).to.equal(400);
  });
});

/** Sends a path to the letter. */
async function plainStatus(method: string, path: string): Promise<number> {
  const request = http.request(api.url, { method, path, headers: { "x-api-key": ACME_KEY } });
  request.end();
  const [response] = (await once(request, "response")) as [http.IncomingMessage];
  response.resume();
  await once(response, "end");
  return response.statusCode ?? 0;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

describe("what others wrote", () => {
  /** Names that every object has. */
  const INHERITED = ["constructor", "__proto__", "toString", "hasOwnProperty"];

  it("may be called like what every object has", async () => {
    await completed(api);
    for (const name of INHERITED) {
      const run = {
        status: name,
        is_final: true,
        node_status: { charter: { status: name } },
        parent_run_id: `${name}\ud800`,
      };
      api.stores.plant("public/20261121021712-own/run.json", JSON.stringify(run));
      const axes = [name, "b"].map((id) => ({ axis_id: id, pole_a: "x", pole_b: "y" }));
      const scenarios = [
        { scenario_id: "S1", axis_states: { [name]: "x", b: "x" } },
        { scenario_id: "S2" },
      ];
      const model = { uncertainty_axes: axes, scenarios };
      const path = "public/20261121021712-own/artifacts/view_model.json";
      api.stores.plant(path, JSON.stringify(model));
      for (const each of ["/", "/runs/20261121021712-own", "/compare?a=20261121021712-own&b=r1"]) {
        const { status } = await api.ask("GET", each, { headers: { accept: "text/html" } });
        expect(status, `${each} ${name}`).to.equal(200);
      }
      expect((await api.get(`/artifact/r1/image/a.${name}`)).status, name).to.equal(404);
      const form = new FormData();
      form.append("files", new Blob(["text"]), `a.${name}`);
      const headers = { "x-api-key": ACME_KEY };
      const sent = await fetch(`${api.url}/upload`, { method: "POST", body: form, headers });
      expect(sent.status, name).to.equal(415);
    }
  });

  it("is text where it is nested deeper than JSON can be written", async () => {
    await completed(api);
    const deep = "[".repeat(50_000) + "]".repeat(50_000);
    api.stores.plant("public/r1/artifacts/deep.json", deep);
    const { status, headers, text } = await api.get("/artifact/r1/deep.json");
    expect([status, headers.get("content-type"), text]).to.deep.equal([
      200,
      "text/plain; charset=utf-8",
      deep,
    ]);
    api.stores.plant("public/r1/artifacts/view_model.json", `{"charter":${deep}}`);
    api.stores.plant("public/r1/run_config.json", `{"settings":${deep}}`);
    for (const path of PATHS_OF_R1) expect((await api.get(path)).status, path).to.equal(200);
    api.stores.plant("public/r1/run.json", `{"is_final":true,"signature_payload":{"a":${deep}}}`);
    for (const path of PATHS_OF_R1) expect((await api.get(path)).status, path).to.equal(404);
  });
});

describe("what is read", () => {
  it("says what may become of it, to who has it already too", async () => {
    await completed(api);
    const expected = {
      "cache-control": "private, no-cache",
      "content-security-policy": "default-src 'none'; sandbox",
      vary: "Accept, Authorization, X-Api-Key",
      "x-content-type-options": "nosniff",
    };
    for (const path of ["/runs/r1", "/artifact/r1/image/scenario_S1.png"]) {
      const first = await api.get(path);
      const headers = {
        "if-none-match": first.headers.get("etag") ?? "",
        accept: "application/json",
      };
      const second = await api.ask("GET", path, { headers });
      expect([first.status, second.status], path).to.deep.equal([200, 304]);
      for (const each of [first, second]) {
        expect(Object.fromEntries(each.headers), path).to.include(expected);
      }
    }
    const picture = await api.get("/runs/r1/preview.png");
    expect(picture.headers.get("content-security-policy")).to.equal("default-src 'none'; sandbox");
  });
});
