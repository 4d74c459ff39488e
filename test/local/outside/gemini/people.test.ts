import { expect } from "chai";
import { bodyOf, header } from "../../../../local/http/message.ts";
import { GEMINI_HOST } from "../../../../local/outside/gemini/host.ts";
import { SmallGemini } from "./small-gemini.ts";

describe("the people's side of Gemini", () => {
  let small: SmallGemini;

  beforeEach(() => {
    small = new SmallGemini();
  });

  /** As `curl -d` posts, without a key. */
  async function curl(path: string, body?: unknown, method?: string) {
    const response = await small.gemini.send({
      method: method ?? (body === undefined ? "GET" : "POST"),
      url: new URL(`https://${GEMINI_HOST}${path}`),
      headers: [["content-type", "application/x-www-form-urlencoded"]],
      body: Buffer.from(body === undefined ? "" : JSON.stringify(body)),
    });
    return { ...response, text: (await bodyOf(response)).toString() };
  }

  it("orders faults, lists them and takes them back", async () => {
    const fault = { fault: "per-minute", retryDelaySeconds: 2, times: 3 };
    const ordered = await curl("/stand-in/faults", fault);
    expect([ordered.status, JSON.parse(ordered.text)]).to.deep.equal([201, [fault]]);
    await small.generate("Hello");
    expect(JSON.parse((await curl("/stand-in/faults")).text)).to.deep.equal([
      { ...fault, times: 2 },
    ]);
    await curl("/stand-in/faults", undefined, "DELETE");
    expect(small.gemini.faults.ordered).to.deep.equal([]);
  });

  it("refuses what is no fault by the name of what is wrong", async () => {
    const { status, text } = await curl("/stand-in/faults", { fault: "finish", reason: "BORED" });
    expect([status, text]).to.deep.equal([400, text]);
    expect(text).to.contain("reason: ");
    expect((await curl("/stand-in/faults", { fault: "hang", forever: true })).status).to.equal(400);
    expect((await curl("/stand-in/faults", [])).status).to.equal(400);
  });

  it("holds at most a thousand faults", async () => {
    for (let i = 0; i < 1000; i++) small.gemini.faults.order({ fault: "internal" });
    expect((await curl("/stand-in/faults", { fault: "internal" })).status).to.equal(429);
  });

  it("shows requests and faults, as text, without a word of what was asked", async () => {
    small.gemini.faults.order({ fault: "answer", text: "<script>alert(1)</script>", times: 2 });
    await small.generate("A secret plan");
    const { status, text, headers } = await curl("/");
    expect(status).to.equal(200);
    expect(text).to.contain("generateContent</td><td>header</td>").and.to.contain("&lt;script&gt;");
    expect(text).not.to.contain("<script>").and.not.to.contain("A secret plan");
    expect(header(headers, "content-security-policy")).to.contain("default-src 'none'");
    expect((await curl("/stand-in")).text).to.equal(text);
  });
});
