import { expect } from "chai";
import { header } from "../../../../local/http/message.ts";
import { ADDRESSES, PUBLIC_HOSTS } from "../../../../local/outside/web/addresses.ts";
import { WEB_HOSTS } from "../../../../local/outside/web/index.ts";
import { INSIDE } from "../../../../local/outside/web/sites/inside.ts";
import { SmallWeb } from "./small-web.ts";

const REDIRECTS = "https://redirects.example.net";

describe("redirects of the web", () => {
  let small: SmallWeb;

  beforeEach(() => {
    small = new SmallWeb();
  });

  const to = async (path: string) => (await small.get(`${REDIRECTS}${path}`)).location;

  /** The URLs on the way from one, as a careless client goes. */
  async function way(from: string, most = 20): Promise<readonly string[]> {
    const urls = [from];
    for (let i = 0; i < most; i++) {
      const at = urls.at(-1) ?? "";
      const { location } = await small.get(at);
      if (location === undefined) break;
      urls.push(new URL(location, at).href);
    }
    return urls;
  }

  it("go in chains of any length, to an article", async () => {
    const urls = await way(`${REDIRECTS}/chain/5`);
    expect(urls).to.have.length(6);
    expect(urls.at(-1)).to.equal("https://news.example.com/articles/grid-storage");
  });

  it("go round for ever", async () => {
    expect(await way(`${REDIRECTS}/loop`, 10)).to.have.length(11);
    expect(new Set(await way(`${REDIRECTS}/self`, 10))).to.have.property("size", 1);
  });

  it("are of the status that is asked for", async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      expect((await small.get(`${REDIRECTS}/article?status=${status}`)).status).to.equal(status);
    }
    expect((await small.get(`${REDIRECTS}/article?status=200`)).status).to.equal(302);
  });

  it("are relative, without a scheme, to none and to what is no URL", async () => {
    expect((await way(`${REDIRECTS}/relative`))[1]).to.equal(
      `${REDIRECTS}/landing?from=relative#part`,
    );
    expect((await way(`${REDIRECTS}/no-scheme`))[1]).to.contain("https://news.example.com/");
    expect(await to("/no-location")).to.equal(undefined);
    expect(URL.canParse((await to("/bad-location")) ?? "")).to.equal(false);
  });

  it("lead to other schemes", async () => {
    const paths = ["/file", "/ftp", "/data", "/javascript", "/gopher", "/insecure"];
    const schemes = await Promise.all(
      paths.map(async (path) => new URL((await to(path)) ?? "").protocol),
    );
    expect(schemes).to.deep.equal(["file:", "ftp:", "data:", "javascript:", "gopher:", "http:"]);
  });

  const INWARD = [
    ..."private private-172 private-192 loopback loopback-name loopback-6 mapped".split(" "),
    ..."unique-local link-local any shared decimal octal hex metadata metadata-name".split(" "),
    ..."metadata-6 name-private name-mixed rebinding".split(" "),
  ];
  for (const path of INWARD) {
    it(`lead inside at /${path}, where it is seen who came`, async () => {
      const [, target = ""] = await way(`${REDIRECTS}/${path}`);
      expect((await small.get(target)).text).to.contain(INSIDE);
      const last = small.web.requests.at(-1);
      expect([last?.url, last?.isInside]).to.deep.equal([target, true]);
      expect(WEB_HOSTS).to.include(new URL(target).hostname);
    });
  }
});

describe("what the web remembers", () => {
  it("is who came, with which headers, and whether it was inside", async () => {
    const small = new SmallWeb();
    await small.get("https://news.example.com/?a=b");
    expect(small.web.requests).to.deep.equal([
      {
        at: small.clock.now(),
        method: "GET",
        url: "https://news.example.com/?a=b",
        headers: [["user-agent", "test"]],
        isInside: false,
      },
    ]);
  });

  it("is bounded", async () => {
    const small = new SmallWeb();
    for (let i = 0; i <= 5000; i++) await small.open(`https://news.example.com/?${i}`);
    await small.open(`https://news.example.com/?${"x".repeat(5000)}`);
    expect(small.web.requests).to.have.length(5000);
    expect(small.web.requests[0]?.url).to.equal("https://news.example.com/?2");
    expect(small.web.requests.at(-1)?.url).to.have.length(2000);
  });
});

describe("names of the web", () => {
  const resolve = (host: string) => new SmallWeb().web.resolve(host);

  it("are public where there is something to read, which is answered", async () => {
    const small = new SmallWeb();
    for (const host of PUBLIC_HOSTS) {
      expect(await resolve(host)).to.deep.equal([
        "93.184.215.14",
        "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
      ]);
      await small.get(`https://${host}/`);
    }
    expect(small.web.requests.some(({ isInside }) => isInside)).to.equal(false);
  });

  it("are inside elsewhere, one way or the other", async () => {
    expect(await resolve("metadata.google.internal")).to.deep.equal(["169.254.169.254"]);
    expect(await resolve("mapped.example.net")).to.deep.equal(["::ffff:10.0.0.7"]);
    expect(await resolve("MIXED.example.net.")).to.deep.equal(["93.184.215.14", "10.0.0.7"]);
    const others = Object.keys(ADDRESSES).filter(
      (host) => !PUBLIC_HOSTS.some((each) => each === host),
    );
    expect(others.length).to.be.greaterThan(20);
    const small = new SmallWeb();
    for (const host of others) {
      const answer = await small.get(`http://${host}/computeMetadata/v1/token`);
      expect(answer.text).to.contain(INSIDE);
      expect(header(answer.headers, "metadata-flavor")).to.equal("Google");
    }
  });

  it("change between two looks, where that is the trick", async () => {
    const { web } = new SmallWeb();
    const looks = [1, 2, 3].map(() => web.resolve("rebinding.example.net"));
    expect(await Promise.all(looks)).to.deep.equal([
      ["93.184.215.14"],
      ["127.0.0.1"],
      ["93.184.215.14"],
    ]);
  });

  it("are themselves where they are addresses, and nothing where they are none", async () => {
    expect(await resolve("10.1.2.3")).to.deep.equal(["10.1.2.3"]);
    expect(await resolve("[::1]")).to.deep.equal(["::1"]);
    for (const host of ["nowhere.example.net", "constructor", ""]) {
      const error: unknown = await resolve(host).catch((reason: unknown) => reason);
      expect(error).to.be.an("error").with.property("code", "ENOTFOUND");
    }
  });
});
