import { expect } from "chai";
import { header, bodyOf, type Headers } from "../../../local/http/message.ts";
import { instanceAsked, withInstance } from "../../../local/host/session-affinity.ts";
import { Hosted, specOf, URL_OF_SERVICE } from "./hosted.ts";

describe("the cookie of session affinity", () => {
  it("names the instance for 30 days where the request named another or none", () => {
    const cookie = "GAESA=one; Max-Age=2592000; Path=/; Secure; HttpOnly";
    const own: Headers = [["content-type", "text/plain"]];
    expect(withInstance(own, "one")).to.deep.equal([...own, ["set-cookie", cookie]]);
    expect(withInstance(own, "one", "two")).to.deep.equal([...own, ["set-cookie", cookie]]);
    expect(withInstance(own, "one", "one")).to.deep.equal(own);
  });

  it("is found among others", () => {
    expect(instanceAsked([["Cookie", "a=GAESA=b; GAESA=one; c=d"]])).to.equal("one");
    expect(instanceAsked([["Cookie", "XGAESA=one"]])).to.equal(undefined);
    expect(instanceAsked([])).to.equal(undefined);
  });
});

describe("a service with session affinity", () => {
  let hosted: Hosted;

  afterEach(() => hosted.stop());

  async function ask(cookie?: string): Promise<{ pid: string; cookie: string | undefined }> {
    const response = await hosted.service.handle({
      method: "GET",
      url: new URL("/pid", URL_OF_SERVICE),
      headers: cookie === undefined ? [] : [["cookie", cookie]],
      body: Buffer.alloc(0),
    });
    const set = header(response.headers, "set-cookie")?.split(";")[0];
    return { pid: (await bodyOf(response)).toString(), cookie: set };
  }

  it("lets a client come back to its instance", async () => {
    hosted = new Hosted(specOf("everything", { concurrency: 1, sessionAffinity: true }));
    const first = await ask();
    const gone = new AbortController();
    const held = hosted.get("/hold", { signal: gone.signal }).catch(String);
    await hosted.logged("holding");
    const second = await ask();
    gone.abort();
    await held;
    expect(second.pid).not.to.equal(first.pid);
    for (const { pid, cookie } of [second, first, second, first]) {
      expect(await ask(cookie)).to.deep.equal({ pid, cookie: undefined });
    }
  });

  it("sets no cookie without it", async () => {
    hosted = new Hosted(specOf("everything"));
    expect((await ask()).cookie).to.equal(undefined);
  });

  it("answers with another instance where that one is gone, and names it", async () => {
    hosted = new Hosted(specOf("everything", { sessionAffinity: true }));
    const { pid, cookie } = await ask();
    hosted.service.replace(specOf("everything", { sessionAffinity: true, env: { A: "1" } }));
    const next = await ask(cookie);
    expect(next.pid).not.to.equal(pid);
    expect(next.cookie)
      .to.match(/^GAESA=/)
      .and.not.to.equal(cookie);
  });
});
