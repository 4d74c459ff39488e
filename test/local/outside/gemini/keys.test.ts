import { expect } from "chai";
import type { Headers } from "../../../../local/http/message.ts";
import { fingerprintOf } from "../../../../local/outside/gemini/requests.ts";
import { asked, KEY, MODEL, SmallGemini, type Refused } from "./small-gemini.ts";

const PATH = `/v1beta/models/${MODEL}:generateContent`;

describe("keys of Gemini", () => {
  async function error(small: SmallGemini, headers: Headers): Promise<Refused["error"]> {
    const { text } = await small.ask(PATH, asked("Hello"), { headers });
    return (JSON.parse(text) as Refused).error;
  }

  it("are needed", async () => {
    const small = new SmallGemini();
    const none = await error(small, []);
    expect([none.code, none.status]).to.deep.equal([403, "PERMISSION_DENIED"]);
    expect(none.message).to.contain("unregistered callers");
    const token = await error(small, [["authorization", "Bearer token"]]);
    expect([token.code, token.status]).to.deep.equal([401, "UNAUTHENTICATED"]);
  });

  it("are those that are given, or else any that looks like one", async () => {
    const other: Headers = [["x-goog-api-key", "another"]];
    const refused = await error(new SmallGemini({ keys: [KEY] }), other);
    expect([refused.code, refused.message]).to.deep.equal([
      400,
      "API key not valid. Please pass a valid API key.",
    ]);
    expect(refused.details?.[0]?.reason).to.equal("API_KEY_INVALID");
    expect(await error(new SmallGemini(), [["X-Goog-Api-Key", "a key"]])).to.deep.equal(refused);
    expect(await error(new SmallGemini(), other)).to.equal(undefined);
    expect(await error(new SmallGemini({ keys: [KEY] }), [["x-goog-api-key", KEY]])).to.equal(
      undefined,
    );
  });

  it("are taken from the URL, too, and that is remembered; the key itself nowhere", async () => {
    const small = new SmallGemini({ keys: [KEY] });
    const query = `?key=${KEY}`;
    expect((await small.ask(PATH, asked("Hello"), { headers: [], query })).status).to.equal(200);
    await small.ask(PATH, asked("Hello"));
    await small.ask(PATH, asked("Hello"), {
      headers: [
        ["x-goog-api-key", KEY],
        ["authorization", `Bearer ${KEY}`],
      ],
      query,
    });
    const { all } = small.gemini.requests;
    expect(all.map(({ keyIn }) => keyIn)).to.deep.equal([
      ["query"],
      ["header"],
      ["header", "query", "authorization"],
    ]);
    expect(all[0]).to.deep.equal({
      at: small.clock.now(),
      method: "POST",
      path: PATH,
      model: MODEL,
      keyIn: ["query"],
      key: fingerprintOf(KEY),
      body: JSON.stringify(asked("Hello")),
      status: 200,
    });
    const page = await small.ask("/stand-in", "", { method: "GET" });
    expect(JSON.stringify([all, small.log, page])).not.to.contain(KEY);
  });
});

describe("requests of Gemini", () => {
  it("are remembered within bounds, the newest", async () => {
    const small = new SmallGemini();
    const path = "/v1beta/models/none:generateContent";
    for (let i = 0; i <= 5000; i++) await small.ask(path, String(i));
    expect(small.gemini.requests.all).to.have.length(5000);
    expect(small.gemini.requests.all[0]?.body).to.equal("1");
    const large = "x".repeat(15 * 1024 * 1024);
    for (let i = 0; i < 5; i++) await small.ask(path, large);
    expect(small.gemini.requests.all).to.have.length(4);
    small.gemini.requests.clear();
    expect(small.gemini.requests.all).to.deep.equal([]);
  });
});
