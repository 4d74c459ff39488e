import { expect } from "chai";
import fc from "fast-check";
import { finishRun } from "../../../../functions/scenarios/finish.ts";
import { launched } from "../../scenarios/world.ts";
import { ACME_KEY, Api, OTHER_KEY, type Answer } from "../api.ts";
import { buildRun } from "./built-run.ts";

let api: Api;
beforeEach(async () => {
  api = await Api.start();
});
afterEach(() => api.stop());

const page = (path: string, key?: string): Promise<Answer> =>
  api.ask("GET", path, { headers: { accept: "text/html" }, ...(key !== undefined && { key }) });

describe("GET /compare", () => {
  it("shows two runs side by side, for three reads each", async () => {
    const a = await buildRun(api);
    const b = await buildRun(api, { horizon: 84 });
    api.stores.calls.length = 0;
    const { status, text, headers } = await page(`/compare?a=${a}&b=${b}`);
    expect(status).to.equal(200);
    expect(api.stores.calls.toSorted()).to.deep.equal(
      [a, b]
        .flatMap((runId) => [
          `get public/${runId}/artifacts/view_model.json`,
          `get public/${runId}/run.json`,
          `get public/${runId}/run_config.json`,
        ])
        .toSorted(),
    );
    expect(headers.get("cache-control")).to.equal("no-cache");
    expect(headers.get("content-security-policy")).to.include(
      "script-src 'self'; style-src 'self'",
    );
    expect(text).not.to.match(/ style=|<style| on[a-z]+=|javascript:/i);
    expect(text).to.match(/Horizon in months[\s\S]*<bdi>60<\/bdi>[\s\S]*<bdi>84<\/bdi>/);
    expect(text).to.match(/(?:Both recommend|A recommends)/);
    expect(text).to.include(`href="/compare?a=${b}&amp;b=${a}"`);
  });

  it("takes the two that were chosen in a list, the newer as B", async () => {
    const a = await buildRun(api);
    const b = await buildRun(api, { horizon: 84 });
    const { text } = await page(`/compare?run=${b}&run=${a}`);
    expect(text).to.match(/<bdi>60<\/bdi>[\s\S]*<bdi>84<\/bdi>/);
  });

  it("is where the page of a run leads: with the run it took the place of, or with another", async () => {
    const a = await buildRun(api);
    const b = await buildRun(api, { force: true });
    expect((await page(`/runs/${a}`)).text).to.include(`href="/compare?a=${a}"`);
    expect((await page(`/runs/${b}`)).text).to.include(`href="/compare?a=${a}&amp;b=${b}"`);
    await api.ask("DELETE", `/runs/${b}`, { key: ACME_KEY });
    expect((await page(`/runs/${b}`, ACME_KEY)).text).not.to.include("/compare?a=");
  });

  it("lets two be chosen where the address names fewer, or more", async () => {
    const a = await buildRun(api);
    const b = await buildRun(api, { horizon: 84 });
    const selected = ({ text }: Answer): (string | undefined)[] =>
      [...text.matchAll(/<option\s+value="([^"]+)"\s+selected/g)].map(([, runId]) => runId);
    const none = await page("/compare");
    expect([none.status, selected(none)]).to.deep.equal([200, [a, b]]);
    const one = await page(`/compare?a=${b}`);
    expect([one.status, selected(one)]).to.deep.equal([200, [b, a]]);
    const three = await page(`/compare?run=${a}&run=${b}&run=${a}`);
    expect(three.status).to.equal(422);
    expect(three.text).to.include("More than two were chosen");
  });

  it("says no more of a run that takes a key than of one that is not there", async () => {
    const a = await buildRun(api);
    await launched(api, "20261121120059-b");
    const hidden = await page(`/compare?a=${a}&b=20261121120059-b`);
    const missing = await page(`/compare?a=${a}&b=20261121120059-c`);
    expect([hidden.status, missing.status]).to.deep.equal([404, 404]);
    expect(missing.text).to.include("There is no run B, or it takes a key to see it");
    expect(hidden.text.replaceAll("059-b", "059-c")).to.equal(missing.text);
    const known = await page(`/compare?a=${a}&b=20261121120059-b`, ACME_KEY);
    expect(known.status).to.equal(200);
    expect(known.headers.get("cache-control")).to.equal("private, no-store");
    expect((await page(`/compare?a=${a}&b=${a}`, OTHER_KEY)).status).to.equal(404);
    for (const trick of ["..%2F..%2Fx", "%00", "a%2Fb", ""]) {
      const { status } = await page(`/compare?a=${a}&b=${trick}`);
      expect(status, trick).to.equal(404);
    }
  });

  it("shows runs that ended before they made anything, and runs without strategies", async () => {
    await launched(api, "20261121120059-b");
    await finishRun(api.store, "20261121120059-b", 1, { status: "FAILED", events: [] }, api);
    const short = await buildRun(api, { generate_strategies: false });
    for (const query of [
      `a=20261121120059-b&b=20261121120059-b`,
      `a=20261121120059-b&b=${short}`,
      `a=${short}&b=${short}`,
    ]) {
      const { status, text } = await page(`/compare?${query}`);
      expect(status, query).to.equal(200);
      expect(text, query).to.include("Neither run got through its wind tunnel.");
    }
  });

  it("answers whatever an address asks with a page, as does the first page", async () => {
    const names = ["a", "b", "run", "q", "status", "cursor", "deleted", "limit", "x"];
    const value = fc.oneof(
      fc.constantFrom("..", "r1", "true", "RUNNING", "999", "\u{0}", "<b>", "x".repeat(300)),
      fc.string({ maxLength: 20 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("/", "/compare"),
        fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 4 }),
        async (path, query) => {
          // Half of a surrogate pair is no part of any address.
          const known = query.map(([name, text]): [string, string] => [name, text.toWellFormed()]);
          const answer = await page(`${path}?${new URLSearchParams(known).toString()}`);
          expect([200, 404, 422]).to.include(answer.status);
          expect(answer.headers.get("content-type")).to.equal("text/html; charset=utf-8");
        },
      ),
      { numRuns: 200 },
    );
  });

  it("never takes what others wrote for markup", async () => {
    const a = await buildRun(api);
    const model = api.stores.json(`public/${a}/artifacts/view_model.json`) as Record<
      string,
      unknown
    >;
    const attack = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'";
    const attacked = (value: unknown): unknown => {
      if (typeof value === "string") return `${attack}${value}`;
      if (Array.isArray(value)) return value.map(attacked);
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(
        Object.entries(value).map(([name, each]) => [name, attacked(each)]),
      );
    };
    await launched(api, "20261121120059-b", { label: `${attack} | SP60 | ${attack}` });
    await finishRun(api.store, "20261121120059-b", 1, { status: "COMPLETED", events: [] }, api);
    const plant = (value: unknown): void =>
      api.stores.plant("public/20261121120059-b/artifacts/view_model.json", JSON.stringify(value));
    plant(attacked(model));
    const { status, text } = await page(`/compare?a=${a}&b=20261121120059-b`);
    expect(status).to.equal(200);
    expect(text).not.to.match(/<script>|<img src=x/);
    expect(text).to.include("&lt;script&gt;alert(1)");
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.constantFrom(...Object.keys(model)), fc.jsonValue({ maxDepth: 3 })),
        async (difference) => {
          plant({ ...model, ...difference });
          const answer = await page(`/compare?a=${a}&b=20261121120059-b`);
          expect(answer.status).to.equal(200);
        },
      ),
      { numRuns: 30 },
    );
  });
});
