import { expect } from "chai";
import fc from "fast-check";
import { finishRun } from "../../../../functions/scenarios/finish.ts";
import { BuildRequest, LIMITS } from "../../../../functions/scenarios/request.ts";
import * as v from "valibot";
import { launched } from "../../scenarios/world.ts";
import { ACME_KEY, Api, BUILD, type Answer } from "../api.ts";

let api: Api;
beforeEach(async () => {
  api = await Api.start();
});
afterEach(() => api.stop());

const page = (path: string, key?: string): Promise<Answer> =>
  api.ask("GET", path, { headers: { accept: "text/html" }, ...(key !== undefined && { key }) });

async function ended(runId: string, label: string, status: "COMPLETED" | "FAILED" = "COMPLETED") {
  await launched(api, runId, { label });
  await finishRun(api.store, runId, 1, { status, events: [] }, api);
}

/** The runs that a page lists, in order. */
const listed = ({ text }: Answer): string[] =>
  [...text.matchAll(/class="row-title" dir="auto"><a href="\/runs\/([^"]+)"/g)].map(
    ([, runId = ""]) => runId,
  );

/** What of a page is markup. */
const tags = (text: string): string[] => text.match(/<[a-z/!][^\s>]*/gi) ?? [];

describe("the first page", () => {
  it("is shown to browsers; who asks for JSON is answered as before", async () => {
    const { status, text, headers } = await page("/");
    expect(status).to.equal(200);
    expect(headers.get("content-type")).to.equal("text/html; charset=utf-8");
    expect(headers.get("content-security-policy")).to.include(
      "script-src 'self'; style-src 'self'",
    );
    expect(text).not.to.match(/ style=|<style| on[a-z]+=|javascript:/i);
    const json = await api.ask("GET", "/", { headers: { accept: "application/json" } });
    expect([json.status, json.body.detail]).to.deep.equal([404, "There is nothing at GET /."]);
  });

  it("is where the original's other pages lead", async () => {
    for (const path of [
      "/intelligence",
      "/scenarios",
      "/wind-tunnel",
      "/actions",
      "/chat",
      "/ops",
    ]) {
      const { status, headers } = await fetch(api.url + path, { redirect: "manual" });
      expect([status, headers.get("location")], path).to.deep.equal([302, "/"]);
    }
  });

  it("says what this is, and opens the newest completed run", async () => {
    await ended("20261121120010-a", "Acme | SP60 | Norway");
    await ended("20261121120011-b", "Acme | SP60 | Norway", "FAILED");
    const { text } = await page("/");
    expect(text).to.include("Four futures, and what holds in all of them</h1>");
    expect(text).to.match(/href="\/runs\/20261121120010-a">\s*Read a report/);
    expect((await page("/", ACME_KEY)).text).not.to.include("Four futures, and");
    expect((await page("/?q=acme")).text).not.to.include("Read a report");
  });

  it("lists what the caller may see, and locks the page of who would see more with a key", async () => {
    await ended("20261121120010-a", "Acme | SP60 | Norway");
    await launched(api, "20261121120011-b", { label: "Running Ltd | SP48 | Chile" });
    await ended("20261121120012-c", "Gone | SP36 | Japan");
    await api.ask("DELETE", "/runs/20261121120012-c", { key: ACME_KEY });
    const anonymous = await page("/");
    expect(listed(anonymous)).to.deep.equal(["20261121120010-a"]);
    expect(anonymous.text).to.match(/<main[^>]* data-locked/);
    expect(anonymous.headers.get("cache-control")).to.equal("no-cache");
    const known = await page("/", ACME_KEY);
    expect(listed(known)).to.deep.equal(["20261121120011-b", "20261121120010-a"]);
    expect(known.text).to.include('data-ask="POST /runs/20261121120011-b/cancel"');
    expect(known.text).to.match(/<main[^>]* data-live="10"/);
    expect(known.text).not.to.include("data-locked");
    expect(known.headers.get("cache-control")).to.equal("private, no-store");
    const deleted = await page("/?deleted=true", ACME_KEY);
    expect(listed(deleted)).to.deep.equal(["20261121120012-c"]);
    expect(deleted.text).to.include('data-ask="POST /runs/20261121120012-c/undelete"');
    expect(listed(await page("/?deleted=true"))).to.deep.equal(["20261121120010-a"]);
  });

  it("tells company, place, horizon and time apart", async () => {
    await ended("20261121120010-a", "A | SP9 | B | SP40 | Norway");
    await ended("nothing-known", "Whatever");
    const { text } = await page("/");
    expect(text).to.include("<bdi>A | SP9 | B</bdi>");
    expect(text).to.include("<span>40 months</span>");
    expect(text).to.include('<time datetime="2026-11-21T12:00:10Z">21 Nov 2026, 12:00 UTC</time>');
    expect(text).to.include("<bdi>Whatever</bdi>");
  });

  it("goes through a long list page by page, with what was looked for, without a script", async () => {
    const ids = Array.from({ length: 70 }, (_, at) => `202611211200${10 + (at % 50)}-${at}`);
    for (const [at, runId] of ids.entries()) {
      const place = runId.endsWith("7") ? "Chile" : "Norway";
      await ended(runId, `Acme ${runId} | SP60 | ${place}`, at % 9 === 1 ? "FAILED" : "COMPLETED");
    }
    const wanted = ids.filter((runId, at) => !runId.endsWith("7") && at % 9 !== 1);
    const all: string[] = [];
    let path: string | undefined = "/?q=norway&status=COMPLETED";
    for (let turn = 0; path !== undefined && turn < 9; turn += 1) {
      const answer: Answer = await page(path);
      all.push(...listed(answer));
      expect(answer.text.includes(">Newest</a>")).to.equal(turn > 0);
      path = /<a href="([^"]+)" rel="next">/.exec(answer.text)?.[1]?.replaceAll("&amp;", "&");
    }
    expect(all.length).to.equal(wanted.length);
    expect(new Set(all)).to.deep.equal(new Set(wanted));
  });

  it("costs what GET /runs costs", async () => {
    for (let at = 10; at < 60; at += 1) await ended(`202611211200${at}`, "Acme | SP60 | Norway");
    for (const query of ["limit=30", "limit=30&q=nobody", "limit=30&deleted=true"]) {
      api.stores.calls.length = 0;
      await api.get(`/runs?${query}`, ACME_KEY);
      const cost = [...api.stores.calls];
      api.stores.calls.length = 0;
      await page(`/?${query}`, ACME_KEY);
      expect(api.stores.calls, query).to.deep.equal(cost);
    }
  });

  const empty: readonly (readonly [path: string, says: string])[] = [
    ["/", "No runs yet"],
    ["/?q=nobody", "No run like that"],
    ["/?status=FAILED", "No run like that"],
    ["/?cursor=79738878879989-r", "No older runs"],
  ];
  for (const [path, says] of empty) {
    it(`says why ${path} is empty`, async () => {
      expect((await page(path)).text).to.include(says);
    });
  }

  it("says in words what it cannot look for", async () => {
    const { status, text, headers } = await page("/?status=%00");
    expect(status).to.equal(422);
    expect(headers.get("content-type")).to.equal("text/html; charset=utf-8");
    expect(text).to.include("status must be a run&#39;s status");
  });

  it("never takes what others wrote for markup", async () => {
    await ended("20261121120010-a", "plain | SP60 | plain");
    const plain = tags((await page("/")).text).length;
    const hostile = fc.oneof(
      fc.constantFrom(
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "'--></title></script><svg onload=alert(1)>",
        "&lt;b&gt;",
        "{{7*7}}${7*7}",
        "\u{202e}evil\u{0}",
      ),
      fc.string({ unit: "binary", maxLength: 40 }),
    );
    await fc.assert(
      fc.asyncProperty(hostile, hostile, async (company, place) => {
        api.stores.objects.clear();
        await ended("20261121120010-a", `x${company} | SP60 | x${place}`);
        expect(tags((await page("/")).text).length).to.equal(plain);
        const looked = await page(`/?q=${encodeURIComponent(`x${company}`)}`);
        expect(looked.status).to.equal(200);
        expect(looked.text).not.to.match(/<script>alert|<img src=x|<svg onload/);
      }),
      { numRuns: 60 },
    );
  });
});

describe("the launch form", () => {
  const attributeOf = (text: string, name: string, attribute: string): string | undefined =>
    new RegExp(`<(?:input|textarea)[^>]*name="${name}"[^>]*?\\s${attribute}="([^"]*)"`).exec(
      text,
    )?.[1];

  it("takes what the API takes, to the last character and month", async () => {
    const { text } = await page("/");
    const takes = (difference: object): boolean =>
      v.safeParse(BuildRequest, { ...BUILD, ...difference }).success;
    for (const name of ["company", "value", "geography"]) {
      const most = Number(attributeOf(text, name, "maxlength"));
      expect(takes({ [name]: "x".repeat(most) }), name).to.equal(true);
      expect(takes({ [name]: "x".repeat(most + 1) }), name).to.equal(false);
    }
    const least = Number(attributeOf(text, "horizon", "min"));
    const most = Number(attributeOf(text, "horizon", "max"));
    expect([least - 1, least, most, most + 1].map((horizon) => takes({ horizon }))).to.deep.equal([
      false,
      true,
      true,
      false,
    ]);
    const lines = Number(attributeOf(text, "sources", "data-max-lines"));
    const length = Number(attributeOf(text, "sources", "data-max-length"));
    const url = "https://a.example/".padEnd(length, "x");
    expect(takes({ sources: Array.from({ length: lines }, () => url) })).to.equal(true);
    expect(takes({ sources: Array.from({ length: lines + 1 }, () => url) })).to.equal(false);
    expect(takes({ sources: [`${url}x`] })).to.equal(false);
    expect([lines, length]).to.deep.equal([LIMITS.sources, LIMITS.sourceLength]);
    expect(attributeOf(text, "input_docs", "data-max-files")).to.equal("10");
    expect(attributeOf(text, "input_docs", "data-max-bytes")).to.equal("5242880");
  });

  it("has no address to send a key to, and says what to do without a script", async () => {
    const { text } = await page("/");
    const [form = ""] = /<form class="form launch"[^>]*>/.exec(text) ?? [];
    expect(form).not.to.match(/action=|method=/);
    expect(text).to.match(/<noscript>[\s\S]*POST \/build[\s\S]*<\/noscript>/);
  });
});
