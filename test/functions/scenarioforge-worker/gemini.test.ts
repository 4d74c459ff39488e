import { expect } from "chai";
import type { NodeEvent } from "../../../functions/scenarios/run.ts";
import { settingsOf } from "../../../functions/scenarios/request.ts";
import type { SomeSettings } from "../../../functions/scenarios/request.ts";
import { NodeFailure } from "../../../functions/scenarioforge-worker/failure.ts";
import { geminiOf } from "../../../functions/scenarioforge-worker/gemini.ts";
import { spendingOf } from "../../../functions/scenarioforge-worker/spending.ts";
import { thrownBy } from "../../support/thrown-by.ts";
import { KEY, posted, saying, ScriptedGemini } from "../scenarios/gemini/scripted-gemini.ts";
import { BRIEF } from "./mock-run.ts";

const BUDGET = { requests: 10, tokens: 20 };
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]);

function session(
  gemini: ScriptedGemini,
  overrides: SomeSettings = {},
  key: string | undefined = KEY,
) {
  const models = { model: "gemini-3.6-flash", embedModel: "gemini-embedding-001" };
  const settings = settingsOf({ mock: false, settings_overrides: overrides }, {}, models);
  const spending = spendingOf([], BUDGET);
  const { signal } = new AbortController();
  return { spending, ...geminiOf({ brief: BRIEF, settings, key, spending, signal }, gemini) };
}

const picture = (bytes: Buffer) =>
  posted(200, {
    candidates: [
      {
        content: {
          parts: [{ inlineData: { mimeType: "image/png", data: bytes.toString("base64") } }],
        },
        finishReason: "STOP",
      },
    ],
  });

describe("geminiOf", () => {
  it("names at most five pages of a search, and none of Google's own redirects", async () => {
    const chunks = [
      "https://vertexaisearch.cloud.google.com/grounding-api-redirect/a",
      ...[1, 2, 3, 4, 5, 6].map((page) => `https://example.com/${page}`),
      "https://example.com/1",
      "no url",
    ].map((uri) => ({ web: { uri } }));
    const answer = saying("See https://news.example.com/a.", {
      groundingMetadata: { groundingChunks: chunks },
    });
    const { search } = session(new ScriptedGemini(answer));
    expect((await search("trade")).urls).to.deep.equal(
      [1, 2, 3, 4, 5].map((page) => `https://example.com/${page}`),
    );
  });

  it("paints nothing where that is off, and asks nobody", async () => {
    const gemini = new ScriptedGemini(picture(PNG));
    expect([await session(gemini).paint("A city"), gemini.asked]).to.deep.equal([undefined, []]);
  });

  it("keeps a PNG of a size that can be kept, and nothing else", async () => {
    const on = { image_model: "gemini-3.1-flash-image" };
    const painted = (bytes: Buffer) => session(new ScriptedGemini(picture(bytes)), on).paint("A");
    expect(await painted(PNG)).to.deep.equal(PNG);
    const script = Buffer.from("<svg><script>alert(1)</script></svg>");
    for (const bytes of [script, Buffer.concat([PNG, Buffer.alloc(8_388_608)])]) {
      expect(String(await thrownBy(() => painted(bytes)))).to.equal(
        "NodeFailure: Gemini made no PNG of a size that can be kept.",
      );
    }
    const nothing = session(new ScriptedGemini(saying("I cannot.")), on);
    expect(String(await thrownBy(() => nothing.paint("A")))).to.equal(
      "NodeFailure: Gemini made no picture.",
    );
  });

  it("counts what it spends, and stops for good at either bound", async () => {
    const { search, spending } = session(new ScriptedGemini(saying("Nothing.")));
    for (let each = 0; each < 3; each += 1) await search("trade");
    expect(spending.usage()).to.deep.equal({ requests: 3, tokens: 21 });
    const failure = await thrownBy(() => search("trade"));
    expect(failure).to.be.an.instanceOf(NodeFailure).with.property("isFinal", true);
    expect(spending.usage().requests).to.equal(3);
  });

  it("counts on from what earlier attempts spent", () => {
    const before = { usage: { requests: 9, tokens: 1 } } as NodeEvent;
    const spending = spendingOf([before], BUDGET);
    spending.request();
    expect(() => spending.request()).to.throw("The run has used up what it may");
  });

  it("hands on how long Gemini asks to wait, and what is final", async () => {
    const busy = session(new ScriptedGemini(posted(429, "", "40")));
    expect(await thrownBy(() => busy.search("trade"))).to.include({
      retryAfterSeconds: 40,
      isFinal: false,
    });
    const bad = session(new ScriptedGemini(posted(400, "")));
    expect(await thrownBy(() => bad.search("trade"))).to.include({ isFinal: true });
  });
});
