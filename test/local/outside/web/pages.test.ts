import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { expect } from "chai";
import { bodyOf } from "../../../../local/http/message.ts";
import { SOURCES } from "../../../../local/outside/gemini/search.ts";
import { SmallWeb } from "./small-web.ts";

const NEWS = "https://news.example.com";
const TROUBLE = "https://trouble.example.net";

describe("pages of the web", () => {
  let small: SmallWeb;

  beforeEach(() => {
    small = new SmallWeb();
  });

  it("are articles with text enough, in what surrounds articles", async () => {
    const { status, type, text } = await small.get(`${NEWS}/articles/grid-storage`);
    expect([status, type]).to.deep.equal([200, "text/html; charset=utf-8"]);
    expect(text).to.contain("<h1>Grid storage outgrows its pilots</h1>");
    expect(text.match(/<p>.{200,}<\/p>/g)).to.have.length(5);
    expect((await small.get(`${NEWS}/articles/none`)).status).to.equal(404);
  });

  it("are about what the path says, at any path of example.com, and the same every time", async () => {
    const { text } = await small.get("https://example.com/ai-policy");
    expect(text).to.contain("<h1>Ai policy: what changes by 2031</h1>");
    expect((await small.get("https://www.example.com/ai-policy")).text).to.equal(text);
    expect((await small.get("https://example.com/water")).text).not.to.equal(text);
    const odd = (await small.get("https://example.com/%3Cscript%3E/%22x")).text;
    expect(odd).to.contain("<h1>Script x: ");
    expect((await small.get("https://example.com/missing/page")).status).to.equal(404);
    expect((await small.get("https://example.com/%")).status).to.equal(400);
  });

  const TYPES = [
    ["pdf", "application/pdf"],
    ["txt", "text/plain; charset=utf-8"],
    ["md", "text/markdown"],
    ["json", "application/json"],
    ["html", "text/html; charset=utf-8"],
  ] as const;
  for (const [ending, expected] of TYPES) {
    it(`come as ${expected}`, async () => {
      const { type, text } = await small.get(`https://papers.example.org/report.${ending}`);
      expect(type).to.equal(expected);
      expect(text).to.contain("Five years ago a battery");
    });
  }

  it("are PDFs whose table leads to each object", async () => {
    const { bytes } = await small.get("https://papers.example.org/report.pdf");
    const file = bytes.toString("latin1");
    const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(file)?.[1]);
    expect(file.slice(start, start + 4)).to.equal("xref");
    const offsets = [...file.slice(start).matchAll(/(\d{10}) 00000 n /g)].map((each) =>
      Number(each[1]),
    );
    expect(offsets.map((at) => file.slice(at, at + 7))).to.deep.equal(
      [1, 2, 3, 4, 5].map((n) => `${n} 0 obj`),
    );
    const length = Number(/\/Length (\d+)/.exec(file)?.[1]);
    const begin = file.indexOf("stream\n") + 7;
    expect(file.slice(begin + length)).to.match(/^\nendstream/);
  });

  it("come in Latin-1 where they say so", async () => {
    const { type, bytes } = await small.get("https://papers.example.org/latin1.html");
    expect(type).to.equal("text/html; charset=iso-8859-1");
    expect(bytes.toString("latin1")).to.contain("Søren Åkesson");
    expect(bytes.toString()).not.to.contain("Søren");
  });

  it("say what robots may read", async () => {
    const { type, text } = await small.get(`${NEWS}/robots.txt`);
    expect(type).to.equal("text/plain; charset=utf-8");
    expect(text).to.contain("Disallow: /private/");
  });

  it("are where the sources of a search with Gemini lead", async () => {
    for (const { uri, title } of SOURCES) {
      const { status, location = "" } = await small.get(uri);
      expect([status, new URL(location).host]).to.deep.equal([302, title]);
      expect((await small.get(location)).status).to.equal(200);
    }
  });

  it("have a head only, for who asks for that, and no other method", async () => {
    const head = await small.get(`${TROUBLE}/huge`, "HEAD");
    expect([head.status, head.bytes.length]).to.deep.equal([200, 0]);
    const posted = await small.get(`${NEWS}/`, "POST");
    expect(posted.status).to.equal(405);
  });

  it("are of any size", async () => {
    expect((await small.get(`${TROUBLE}/huge?bytes=200000`)).bytes).to.have.length(200_000);
    expect((await small.get(`${TROUBLE}/long-line?bytes=99`)).text).to.equal("x".repeat(99));
    expect((await small.get(`${TROUBLE}/empty`)).bytes).to.have.length(0);
  });

  it("are huge without being made at once, and end when nobody reads on", async () => {
    const { body } = await small.open(`${TROUBLE}/declared`);
    if (Buffer.isBuffer(body)) throw new Error("It was made at once.");
    let read = 0;
    for await (const piece of body as AsyncIterable<Buffer>) {
      read += piece.length;
      if (read > 1_000_000) break;
    }
    expect(read).to.be.lessThan(1_100_000);
    expect(body.destroyed).to.equal(true);
  });

  it("are small on their way and huge where they are unpacked", async () => {
    const { bytes } = await small.get(`${TROUBLE}/bomb?bytes=10000000`);
    expect(bytes.length).to.be.lessThan(50_000);
    expect(gunzipSync(bytes)).to.have.length(10_000_000);
  });

  it("come packed as they say, or not as they say", async () => {
    const article = (await small.get(`${TROUBLE}/html-as-text`)).bytes;
    const bytes = async (path: string) => (await small.get(`${TROUBLE}${path}`)).bytes;
    expect(gunzipSync(await bytes("/gzip"))).to.deep.equal(article);
    expect(inflateSync(await bytes("/deflate"))).to.deep.equal(article);
    expect(brotliDecompressSync(await bytes("/brotli"))).to.deep.equal(article);
    expect(gunzipSync(gunzipSync(await bytes("/gzip-twice")))).to.deep.equal(article);
    expect(await bytes("/not-gzip")).to.deep.equal(article);
    const half = await bytes("/half-gzip");
    expect(() => gunzipSync(half)).to.throw("unexpected end of file");
  });

  it("are slow by the clock", async () => {
    const answer = small.get(`${TROUBLE}/slow?ms=5000`);
    let isThere = false;
    void answer.then(() => (isThere = true));
    await small.clock.advance({ seconds: 4 });
    expect(isThere).to.equal(false);
    await small.clock.advance({ seconds: 1 });
    expect((await answer).status).to.equal(200);
  });

  it("come piece by piece, by the clock", async () => {
    const whole = (await small.get(`${TROUBLE}/html-as-text`)).text;
    const { body } = await small.open(`${TROUBLE}/drip?ms=1000`);
    let text = "";
    const read = (async () => {
      for await (const piece of body as AsyncIterable<Buffer>) text += piece.toString();
    })();
    const settle = () => new Promise((resolve) => setImmediate(resolve));
    await settle();
    expect(text).to.equal(whole.slice(0, 40));
    await small.clock.advance({ seconds: 1 });
    await settle();
    expect(text).to.equal(whole.slice(0, 80));
    while (text.length < whole.length) {
      await small.clock.advance({ seconds: 1 });
      await settle();
    }
    await small.clock.advance({ seconds: 1 });
    await read;
    expect(text).to.equal(whole);
  });

  it("stop in the middle, or never begin, until the reader goes away", async () => {
    const { body } = await small.open(`${TROUBLE}/stall`);
    if (Buffer.isBuffer(body)) throw new Error("It was there at once.");
    const [first] = (await body.take(1).toArray()) as Buffer[];
    expect(first).to.have.length(500);
    const gone = new AbortController();
    const hanging = small.open(`${TROUBLE}/hang`, "GET", gone.signal).catch(String);
    gone.abort();
    expect(await hanging).to.equal("Error: The sender went away.");
  });

  it("break the connection, in the middle or before", async () => {
    const response = await small.open(`${TROUBLE}/broken`);
    const sentence = "Error: The connection was broken by the page.";
    expect(await bodyOf(response).catch(String)).to.equal(sentence);
    expect(await small.open(`${TROUBLE}/refused`).catch(String)).to.equal(sentence);
  });

  const SAID = [
    ["/image-as-html", 200, "text/html; charset=utf-8"],
    ["/html-as-image", 200, "image/png"],
    ["/binary", 200, "application/octet-stream"],
    ["/no-type", 200, undefined],
    ["/unknown-charset", 200, "text/html; charset=klingon"],
    ["/missing", 404, "text/html; charset=utf-8"],
    ["/gone", 410, "text/html; charset=utf-8"],
    ["/busy", 429, "text/html; charset=utf-8"],
    ["/error", 500, "text/html; charset=utf-8"],
    ["/unavailable", 503, "text/html; charset=utf-8"],
  ] as const;
  for (const [path, status, type] of SAID) {
    it(`at ${path} are answered ${status} as ${type ?? "nothing"}`, async () => {
      const answer = await small.get(`${TROUBLE}${path}`);
      expect([answer.status, answer.type]).to.deep.equal([status, type]);
    });
  }

  it("fail so many times, and then do not", async () => {
    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push((await small.get(`${TROUBLE}/flaky/a/2`)).status);
    expect(statuses).to.deep.equal([503, 503, 200, 200]);
    expect((await small.get(`${TROUBLE}/flaky/b/1`)).status).to.equal(503);
  });

  it("are hostile to models and to parsers", async () => {
    const at = async (path: string) => (await small.get(`https://hostile.example.org${path}`)).text;
    const injection = await at("/injection");
    expect(injection.match(/Ignore all previous instructions/g)).to.have.length(4);
    expect(injection).to.contain("Supply chains").and.to.contain("display:none");
    expect(await at("/markup"))
      .to.contain("<script>")
      .and.to.contain("javascript:");
    expect((await at("/deep")).length).to.be.greaterThan(500_000);
    expect(await at("/many-comments")).to.match(/^(<!--)+$/);
  });
});
