import { expect } from "chai";
import { ACME_KEY, Api, type Answer } from "../api.ts";
import { RUN, makeRun } from "./made-run.ts";

let api: Api;
beforeEach(async () => {
  api = await Api.start();
});
afterEach(() => api.stop());

const page = (path: string, key?: string): Promise<Answer> =>
  api.ask("GET", path, { headers: { accept: "text/html" }, ...(key !== undefined && { key }) });

describe("the page of a run", () => {
  it("is shown to a browser, and run.json to who asks for JSON", async () => {
    await makeRun(api);
    const { status, text, headers } = await page(`/runs/${RUN}`);
    expect(status).to.equal(200);
    expect(headers.get("content-type")).to.equal("text/html; charset=utf-8");
    expect(text).to.include('<h1 dir="auto">ScenarioOps Demo Co</h1>');
    expect((await api.get(`/runs/${RUN}`)).body.run_id).to.equal(RUN);
  });

  it("allows no inline script and no inline style, and nothing from elsewhere", async () => {
    await makeRun(api);
    const { text, headers } = await page(`/runs/${RUN}`);
    expect(headers.get("content-security-policy")).to.equal(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
    expect(text).not.to.match(/ style=|<style| on[a-z]+=|javascript:/i);
    for (const [, attributes, body] of text.matchAll(/<script([^>]*)>([^<]*)/g)) {
      expect(attributes).to.match(/src="\/assets\/[a-z]+\.[0-9a-f]{10}\.js"/);
      expect(body).to.equal("");
    }
  });

  it("costs four reads at most", async () => {
    await makeRun(api);
    api.stores.calls.length = 0;
    await page(`/runs/${RUN}`);
    expect(api.stores.calls).to.deep.equal([
      `get public/${RUN}/run.json`,
      `list public/${RUN}/`,
      `get public/${RUN}/artifacts/view_model.json`,
    ]);
  });

  it("is locked where a key is needed, and says the same of a run that is not there", async () => {
    await makeRun(api);
    await api.ask("DELETE", `/runs/${RUN}`, { key: ACME_KEY });
    const deleted = await page(`/runs/${RUN}`);
    const missing = await page("/runs/20261121021712-beef");
    expect([deleted.status, missing.status]).to.deep.equal([404, 404]);
    expect(deleted.text).to.include("data-locked");
    expect(deleted.text.replaceAll(RUN, "ID")).to.equal(
      missing.text.replaceAll("20261121021712-beef", "ID"),
    );
    expect((await page(`/runs/${RUN}`, ACME_KEY)).text).to.include("This run was deleted on");
  });
});
