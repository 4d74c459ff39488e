import { expect } from "chai";
import { gunzipSync } from "node:zlib";
import http from "node:http";
import { VIEWER } from "../../../../functions/viewer/files.ts";
import { PRODUCT } from "../../../../functions/scenarioforge/pages/product.ts";
import { executable, parsed } from "../../../support/markup.ts";
import { ACME_KEY, Api, OTHER_KEY, type Answer } from "../api.ts";
import { RUN, makeRun } from "./made-run.ts";

const MAX_READS = 4;

let api: Api;
beforeEach(async () => {
  api = await Api.start();
});
afterEach(() => api.stop());

const page = (path: string, key?: string, headers: object = {}): Promise<Answer> =>
  api.ask("GET", path, {
    headers: { accept: "text/html", ...headers },
    ...(key !== undefined && { key }),
  });

/** What a page read of the bucket. */
async function readsOf(path: string, key?: string): Promise<string[]> {
  api.stores.calls.length = 0;
  const { status } = await page(path, key);
  expect(status, path).to.equal(200);
  return api.stores.calls.map((call) => call.replace(`public/${RUN}/`, ""));
}

describe("the page of a run", () => {
  it("is shown to a browser, and run.json to who asks for JSON", async () => {
    await makeRun(api);
    const { status, text, headers } = await page(`/runs/${RUN}`);
    expect([status, headers.get("content-type")]).to.deep.equal([200, "text/html; charset=utf-8"]);
    expect(parsed(text).querySelector("h1")?.textContent).to.equal("ScenarioOps Demo Co");
    // Who follows a link for a preview takes anything.
    const preview = await page(`/runs/${RUN}`, undefined, { accept: "*/*" });
    expect(preview.text).to.equal(text);
    expect((await api.get(`/runs/${RUN}`)).body.run_id).to.equal(RUN);
  });

  it("allows no inline script and no inline style, and nothing from elsewhere", async () => {
    await makeRun(api);
    const { text, headers } = await page(`/runs/${RUN}`);
    expect(headers.get("content-security-policy")).to.equal(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
    expect(headers.get("x-content-type-options")).to.equal("nosniff");
    expect(headers.get("referrer-policy")).to.equal("no-referrer");
    expect(executable(parsed(text))).to.deep.equal([]);
    for (const script of parsed(text).querySelectorAll("script")) {
      expect(script.getAttribute("src")).to.match(/^\/assets\/[a-z]+\.[0-9a-f]{10}\.js$/);
      expect(script.textContent).to.equal("");
    }
  });

  it("has its strategies, scenarios and scores, each chart with its table", async () => {
    await makeRun(api);
    const main = parsed((await page(`/runs/${RUN}`)).text);
    expect([...main.querySelectorAll(".heatmap td button")]).to.have.lengthOf(16);
    expect([...main.querySelectorAll(".quadrant-link")]).to.have.lengthOf(4);
    const charts = [...main.querySelectorAll("figure.chart")];
    expect(charts).to.have.lengthOf(2);
    for (const chart of charts) {
      expect([...chart.querySelectorAll("svg[aria-hidden=true]")]).to.have.lengthOf(2);
      expect(chart.querySelector("table")).not.to.equal(null);
    }
    for (const link of main.querySelectorAll("a[href^='#']")) {
      const id = link.getAttribute("href")?.slice(1) ?? "";
      expect(main.querySelector(`[id="${id}"]`), id).not.to.equal(null);
    }
  });

  it("tells link previews what it is, with a picture", async () => {
    await makeRun(api);
    const { text } = await page(`/runs/${RUN}`, undefined, { "x-forwarded-proto": "https" });
    const meta = (name: string) =>
      parsed(text).querySelector(`meta[property="${name}"]`)?.getAttribute("content");
    const origin = api.url.replace("http:", "https:");
    expect(meta("og:title")).to.equal("ScenarioOps Demo Co");
    expect(meta("og:description")).to.match(/^How should .* Recommended: /);
    expect(meta("og:url")).to.equal(`${origin}/runs/${RUN}`);
    expect(meta("og:image")).to.equal(`${origin}/runs/${RUN}/preview.png`);
    const picture = await api.ask("GET", `/runs/${RUN}/preview.png`);
    expect([picture.status, picture.headers.get("content-type")]).to.deep.equal([200, "image/png"]);
  });

  it("comes compressed to who takes that, and not at all to who has it", async () => {
    await makeRun(api);
    const { text, headers } = await page(`/runs/${RUN}`);
    const etag = headers.get("etag") ?? "";
    const again = await page(`/runs/${RUN}`, undefined, { "if-none-match": etag });
    expect([again.status, again.text]).to.deep.equal([304, ""]);
    const raw = async (encodings: string) => {
      const [response] = await new Promise<[http.IncomingMessage]>((resolve) => {
        const asked = { accept: "text/html", "accept-encoding": encodings };
        http.get(`${api.url}/runs/${RUN}`, { headers: asked }, (answer) => resolve([answer]));
      });
      const bytes = Buffer.concat(await response.toArray());
      return { encoding: response.headers["content-encoding"], bytes };
    };
    const zipped = await raw("br, gzip");
    expect(zipped.encoding).to.equal("gzip");
    expect(gunzipSync(zipped.bytes).toString()).to.equal(text);
    expect((await raw("gzip;q=0")).encoding).to.equal(undefined);
    expect((await raw("identity")).bytes.toString()).to.equal(text);
  });

  it("refers to files that are kept for good, as they are now", async () => {
    for (const { href, text, contentType } of [...Object.values(VIEWER), PRODUCT.css]) {
      const file = await api.ask("GET", href);
      expect([file.status, file.text === text, file.headers.get("content-type")]).to.deep.equal([
        200,
        true,
        contentType,
      ]);
      expect(file.headers.get("cache-control")).to.equal("public, max-age=31536000, immutable");
    }
    for (const name of ["scenarioforge.0000000000.css", "..%2fkeys.ts", "scenarioforge.css"]) {
      expect((await api.ask("GET", `/assets/${name}`)).status, name).to.equal(404);
    }
  });
});

describe("the reads of a run's page", () => {
  it("are three where it has ended, and one more for a console of its own", async () => {
    await makeRun(api);
    const reads = ["get run.json", "list ", "get artifacts/view_model.json"];
    expect(await readsOf(`/runs/${RUN}`)).to.deep.equal(reads);
    const items = [{ id: "a", priority: "P1", type: "custom", title: "Our own" }];
    const console = JSON.stringify({ items: [...items, { id: "no item" }] });
    api.stores.plant(`public/${RUN}/artifacts/action_console.json`, console);
    expect(await readsOf(`/runs/${RUN}`)).to.deep.equal([
      ...reads,
      "get artifacts/action_console.json",
    ]);
    const { text } = await page(`/runs/${RUN}`);
    expect(text).to.include("Our own").and.not.include("no item");
  });

  it("are two where nothing changed since the page was made, which is the same then", async () => {
    await makeRun(api);
    const { text } = await page(`/runs/${RUN}`);
    expect(await readsOf(`/runs/${RUN}`)).to.deep.equal(["get run.json", "list "]);
    expect((await page(`/runs/${RUN}`)).text).to.equal(text);
    await api.ask("DELETE", `/runs/${RUN}`, { key: ACME_KEY });
    expect((await page(`/runs/${RUN}`)).status).to.equal(404);
    expect((await page(`/runs/${RUN}`, ACME_KEY)).text).to.include("This run was deleted on");
  });

  it("are all made again for another origin, which stands in the page", async () => {
    await makeRun(api);
    await page(`/runs/${RUN}`);
    const { text } = await page(`/runs/${RUN}`, undefined, { "x-forwarded-proto": "https" });
    expect(text).to.include(`content="${api.url.replace("http:", "https:")}/runs/${RUN}"`);
  });

  it("are no more for ten times the artifacts", async () => {
    await makeRun(api);
    for (let count = 0; count < 500; count += 1) {
      api.stores.plant(`public/${RUN}/artifacts/extra_${count}.json`, "{}");
    }
    expect(await readsOf(`/runs/${RUN}`)).to.have.lengthOf(3);
  });

  it("are two while it goes on, and four at most for each part of what there is by then", async () => {
    await makeRun(api, { nodes: 13 });
    expect(await readsOf(`/runs/${RUN}`, ACME_KEY)).to.deep.equal(["get run.json", "list "]);
    const { text } = await page(`/runs/${RUN}`, ACME_KEY);
    const parts = [...parsed(text).querySelectorAll("[data-part]")];
    expect(parts.map((part) => part.getAttribute("id"))).to.deep.equal([
      ...["part-wind-tunnel", "part-scenarios", "part-forces", "part-company"],
    ]);
    for (const part of parts) {
      const path = part.getAttribute("data-part") ?? "";
      expect(await readsOf(path, ACME_KEY), path).to.have.length.within(2, MAX_READS);
      expect((await page(path)).status, path).to.equal(404);
    }
    expect((await page(`/runs/${RUN}/parts/other`, ACME_KEY)).status).to.equal(404);
  });
});

describe("a page for which a key is needed", () => {
  const locked = async (path: string, key?: string) => {
    const { status, text, headers } = await page(path, key);
    const main = parsed(text).querySelector("main");
    return { status, isLocked: main?.getAttribute("data-locked") !== null, headers, text };
  };

  it("is locked without one, and says the same of a run that is not there", async () => {
    await makeRun(api, { nodes: 2 });
    const running = await locked(`/runs/${RUN}`);
    const missing = await locked("/runs/20261121021712-beef");
    expect([running.status, running.isLocked]).to.deep.equal([404, true]);
    expect(running.text.replaceAll(RUN, "ID")).to.equal(
      missing.text.replaceAll("20261121021712-beef", "ID"),
    );
    const other = await locked(`/runs/${RUN}`, OTHER_KEY);
    expect([other.status, other.text]).to.deep.equal([404, running.text]);
  });

  it("is shown to a holder of one, kept by nobody, and asked for anew while the run goes on", async () => {
    await makeRun(api, { nodes: 2 });
    const { status, isLocked, headers, text } = await locked(`/runs/${RUN}`, ACME_KEY);
    expect([status, isLocked]).to.deep.equal([200, false]);
    expect(headers.get("cache-control")).to.equal("private, no-store");
    const main = parsed(text).querySelector("main");
    expect(main?.getAttribute("data-live")).to.equal("3");
    expect(text).not.to.include(ACME_KEY);
    const etag = headers.get("etag") ?? "";
    expect((await page(`/runs/${RUN}`, ACME_KEY, { "if-none-match": etag })).status).to.equal(304);
  });

  it("says what a wrong one is", async () => {
    await makeRun(api);
    const { status } = await page(`/runs/${RUN}`, "no-such-key-0123456789");
    expect(status).to.equal(401);
  });

  it("says when a run was deleted, and how it comes back", async () => {
    await makeRun(api);
    await api.ask("DELETE", `/runs/${RUN}`, { key: ACME_KEY });
    expect((await page(`/runs/${RUN}`)).status).to.equal(404);
    const { text } = await page(`/runs/${RUN}`, ACME_KEY);
    expect(text).to.include("This run was deleted on").and.include(`POST /runs/${RUN}/undelete`);
    expect(text).not.to.include("og:image");
    expect(text).to.include(`data-keyed-href="/artifact/${RUN}/forces.json"`);
  });
});

describe("the page of a run that failed", () => {
  it("says where and why, after how many attempts, and what helps", async () => {
    await makeRun(api, { failing: "scenarios" });
    const { text } = await page(`/runs/${RUN}`);
    const main = parsed(text).querySelector("main");
    expect(main?.textContent).to.include("This run failed at Scenarios, after 3 attempts");
    expect(main?.querySelector("#node-scenarios .attempts")?.textContent).to.include(
      "No scenarios.",
    );
    const button = main?.querySelector(
      `#node-scenarios button[data-ask="POST /runs/${RUN}/resume"]`,
    );
    expect(button?.getAttribute("data-body")).to.equal('{"resume_from":"scenarios"}');
  });

  it("says that it was cancelled, where it was", async () => {
    await makeRun(api, { nodes: 3 });
    await api.ask("POST", `/runs/${RUN}/cancel`, { key: ACME_KEY });
    const { text } = await page(`/runs/${RUN}`);
    expect(parsed(text).querySelector(".notice-title")?.textContent).to.equal(
      "This run was cancelled",
    );
    expect(text).to.include('data-body="{&quot;resume_from&quot;:&quot;ingest_docs&quot;}"');
  });

  it("goes on by its own parameters", async () => {
    await makeRun(api, { failing: "scenarios" });
    const path = `/runs/${RUN}/resume`;
    const asked = await api.post(path, { resume_from: "scenarios" });
    expect([asked.status, asked.body.run_id]).to.deep.equal([202, RUN]);
    expect(api.nodes.at(-1)).to.deep.include({ run_id: RUN, node: "scenarios", execution: 2 });
    expect((await api.post(path, { resume_from: "scenarios" })).status).to.equal(409);
    expect((await api.post(path, { resume_from: "nothing" })).status).to.equal(400);
    expect((await api.post(path, {})).status).to.equal(422);
    expect((await api.ask("POST", path, { body: { resume_from: "scenarios" } })).status).to.equal(
      401,
    );
    expect((await api.post("/runs/r9/resume", { resume_from: "charter" })).status).to.equal(404);
  });
});
