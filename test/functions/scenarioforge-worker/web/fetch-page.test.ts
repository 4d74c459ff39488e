import { expect } from "chai";
import fc from "fast-check";
import { NodeFailure } from "../../../../functions/scenarioforge-worker/failure.ts";
import { fetchPage } from "../../../../functions/scenarioforge-worker/web/fetch-page.ts";
import {
  isInside,
  isPublicAddress,
} from "../../../../functions/scenarioforge-worker/adapters/public-address.ts";
import type {
  WebPorts,
  WebResponse,
} from "../../../../functions/scenarioforge-worker/web/fetch-page.ts";
import { connectedTo } from "./connected-to.ts";

const PUBLIC = "93.184.215.14";
const signal = new AbortController().signal;

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | AsyncIterable<Uint8Array>;
}

/** A web of a few hosts that notes who was asked where. */
class FakeWeb implements WebPorts {
  readonly asked: string[] = [];
  closed = 0;
  /** Timers that were set and not cancelled. */
  waiting = 0;
  addresses: Readonly<Record<string, readonly string[]>> = { "example.com": [PUBLIC] };
  answers: Readonly<Record<string, Answer>> = {};
  readonly isInside = isInside;
  onAfter: (action: () => void) => void = () => undefined;

  readonly after = (_: number, action: () => void): (() => void) => {
    this.waiting += 1;
    this.onAfter(action);
    return () => {
      this.waiting -= 1;
    };
  };

  readonly get = async (url: URL): Promise<WebResponse> => {
    const address = await connectedTo(url, (host) => Promise.resolve(this.addresses[host] ?? []));
    this.asked.push(`${url.href} ${address}`);
    const answer = this.answers[url.href];
    if (answer === undefined) throw new Error(`connect ECONNREFUSED ${address}`);
    const { status = 200, headers = { "content-type": "text/plain" }, body = "text" } = answer;
    return {
      status,
      headers,
      body: typeof body === "string" ? chunks(body) : body,
      close: () => {
        this.closed += 1;
      },
    };
  };
}

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) yield await Promise.resolve(Buffer.alloc(65_536, 97));
}

async function failureOf(web: FakeWeb, url: string): Promise<NodeFailure | undefined> {
  try {
    await fetchPage(url, signal, web);
  } catch (error) {
    if (error instanceof NodeFailure) return error;
    throw error;
  }
  return undefined;
}

async function reasonOf(web: FakeWeb, url: string): Promise<string> {
  return (await failureOf(web, url))?.message ?? "fetched";
}

describe("fetchPage", () => {
  it("asks the address that it looked at", async () => {
    const web = new FakeWeb();
    web.answers = {
      "https://example.com/a": {
        headers: { "content-type": "text/html; charset=utf-8" },
        body: "<title>A &amp; B</title><p>One</p><script>alert(1)</script><p>Two&nbsp;&#8364;</p>",
      },
    };
    expect(await fetchPage("https://example.com/a", signal, web)).to.deep.equal({
      title: "A & B",
      text: "A & B\nOne\nTwo €",
      contentType: "text/html",
      httpStatus: 200,
    });
    expect([web.asked, web.closed]).to.deep.equal([[`https://example.com/a ${PUBLIC}`], 1]);
  });

  const inside = [
    "127.0.0.1",
    "10.0.0.7",
    "172.31.255.255",
    "192.168.0.10",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fd00:ec2::254",
    "::ffff:10.0.0.7",
    "::ffff:7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:a00:7::1",
    "2001::1",
    "2001:db8::1",
  ];
  for (const address of inside) {
    it(`asks nobody for a name whose address is ${address}, nor for that address`, async () => {
      const web = new FakeWeb();
      web.addresses = { "example.com": [PUBLIC, address] };
      const host = address.includes(":") ? `[${address}]` : address;
      const reasons = [
        await reasonOf(web, "https://example.com/"),
        await reasonOf(web, `http://${host}/latest/meta-data`),
      ];
      const reason = "The host is not on the public internet.";
      expect([reasons, web.asked]).to.deep.equal([[reason, reason], []]);
    });
  }

  it("takes other ways to write an address for what they are", async () => {
    const web = new FakeWeb();
    for (const host of ["2130706433", "0x7f.1", "127.1", "0177.0.0.1", "127.0.0.1."]) {
      await reasonOf(web, `http://${host}/`);
    }
    expect(web.asked).to.deep.equal([]);
  });

  it("judges each redirect as the first URL", async () => {
    const web = new FakeWeb();
    const to = (location: string): Answer => ({ status: 302, headers: { location } });
    web.addresses = { "example.com": [PUBLIC], "inside.example.com": ["10.0.0.7"] };
    web.answers = {
      "https://example.com/1": to("http://inside.example.com/"),
      "https://example.com/2": to("file:///etc/passwd"),
      "https://example.com/3": to("http://169.254.169.254/"),
      "https://example.com/4": to("/5"),
      "https://example.com/5": {},
      "https://example.com/6": to("https://user:secret@example.com/5"),
      "https://example.com/7": to("http://[bad"),
      "https://example.com/8": to("https://:secret@example.com/5"),
      "https://example.com/loop": to("/loop"),
    };
    const reasons: string[] = [];
    for (const path of ["1", "2", "3", "4", "6", "7", "8", "loop"]) {
      reasons.push(await reasonOf(web, `https://example.com/${path}`));
    }
    expect(reasons).to.deep.equal([
      "The host is not on the public internet.",
      "Only http and https are fetched.",
      "The host is not on the public internet.",
      "fetched",
      "A URL must not name a user.",
      "The page leads to what is no URL.",
      "A URL must not name a user.",
      "The page leads on more than 5 times.",
    ]);
    expect(web.asked.every((asked) => asked.endsWith(` ${PUBLIC}`))).to.equal(true);
  });

  it("refuses other schemes, ports and types", async () => {
    const web = new FakeWeb();
    web.answers = {
      "https://example.com/pdf": { headers: { "content-type": "application/pdf" } },
      "https://example.com/untyped": { headers: {} },
      "https://example.com/zip": {
        headers: { "content-type": "text/plain", "content-encoding": "gzip" },
      },
      "https://example.com/gone": { status: 410 },
    };
    const reasons: string[] = [];
    for (const url of [
      "ftp://example.com/",
      "file:///etc/passwd",
      "https://example.com:22/",
      "nonsense",
      "https://nowhere.example/",
      "https://example.com/pdf",
      "https://example.com/untyped",
      "https://example.com/zip",
      "https://example.com/gone",
      "https://example.com/refused",
    ]) {
      reasons.push(await reasonOf(web, url));
    }
    expect(reasons).to.deep.equal([
      "Only http and https are fetched.",
      "Only http and https are fetched.",
      "Only the ports 80 and 443 are asked.",
      "It is no URL.",
      "The host has no address.",
      "The page is of a type that is not read.",
      "The page is of a type that is not read.",
      "The page came compressed, unasked.",
      "The page answered 410.",
      "The page could not be fetched.",
    ]);
  });

  it("reads no more than two megabytes", async () => {
    const web = new FakeWeb();
    web.answers = {
      "https://example.com/": { body: endless() },
      "https://example.com/most": { body: "a".repeat(2_097_152) },
    };
    expect(await reasonOf(web, "https://example.com/")).to.equal(
      "The page has more than 2097152 bytes.",
    );
    expect(web.closed).to.equal(1);
    expect(await reasonOf(web, "https://example.com/most")).to.equal("fetched");
  });

  it("takes URLs of 2,048 characters at most", async () => {
    const web = new FakeWeb();
    const longest = `https://example.com/${"a".repeat(2_028)}`;
    web.answers = { [longest]: {} };
    const reasons = [await reasonOf(web, longest), await reasonOf(web, `${longest}a`)];
    expect(reasons).to.deep.equal(["fetched", "It is no URL."]);
  });

  it("reads text in the encoding that the page says, and in UTF-8 where that is none", async () => {
    const web = new FakeWeb();
    const pages = { "iso-8859-1": "\xe9", '"UTF-8"': "é", klingon: "é" };
    const texts: string[] = [];
    for (const [charset, body] of Object.entries(pages)) {
      const bytes = Buffer.from(body, charset === "iso-8859-1" ? "latin1" : "utf8");
      web.answers = {
        "https://example.com/": {
          headers: { "content-type": `text/plain; charset=${charset}` },
          body: (async function* () {
            yield await Promise.resolve(bytes);
          })(),
        },
      };
      texts.push((await fetchPage("https://example.com/", signal, web)).text);
    }
    expect(texts).to.deep.equal(["é", "é", "é"]);
  });

  it("follows no refusal, wherever it says the page is", async () => {
    const web = new FakeWeb();
    web.answers = { "https://example.com/": { status: 400, headers: { location: "/other" } } };
    expect(await reasonOf(web, "https://example.com/")).to.equal("The page answered 400.");
  });

  it("fails for good where another attempt would not do better", async () => {
    const web = new FakeWeb();
    web.addresses = { "example.com": [PUBLIC], "inside.example.com": ["10.0.0.7"] };
    web.answers = { "https://example.com/busy": { status: 503 } };
    const urls = {
      "https://inside.example.com/": true,
      "http://10.0.0.7/": true,
      "ftp://example.com/": true,
      "https://example.com/busy": false,
      "https://example.com/refused": false,
    };
    const isFinal: Record<string, boolean | undefined> = {};
    for (const url of Object.keys(urls)) isFinal[url] = (await failureOf(web, url))?.isFinal;
    expect(isFinal).to.deep.equal(urls);
  });

  it("waits no longer than it may", async () => {
    const web = new FakeWeb();
    web.answers = { "https://example.com/": { body: endless() } };
    web.onAfter = (action) => {
      action();
    };
    expect(await reasonOf(web, "https://example.com/")).to.equal(
      "The page did not come within 20 seconds.",
    );
    expect(web.waiting).to.equal(0);
  });

  it("ends with the attempt that asked, and says why that ended", async () => {
    const web = new FakeWeb();
    const ending = new AbortController();
    web.answers = { "https://example.com/": { body: endless() } };
    web.onAfter = () => {
      ending.abort(new Error("The worker stops."));
    };
    const error: unknown = await fetchPage("https://example.com/", ending.signal, web).catch(
      (reason: unknown) => reason,
    );
    expect(error).to.be.an("error").with.property("message", "The worker stops.");
  });

  it("never asks anybody inside, whatever the URL", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.webUrl(), fc.ipV4(), fc.ipV6()), async (text) => {
        const web = new FakeWeb();
        for (const url of [text, `http://${text}/`, `http://[${text}]/`]) await reasonOf(web, url);
        expect(web.asked.every((asked) => isPublicAddress(asked.split(" ")[1] ?? ""))).to.equal(
          true,
        );
      }),
    );
  });
});
