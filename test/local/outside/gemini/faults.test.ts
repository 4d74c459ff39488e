import { Readable } from "node:stream";
import { expect } from "chai";
import { bodyOf } from "../../../../local/http/message.ts";
import type { FaultInput } from "../../../../local/outside/gemini/faults.ts";
import { GEMINI_HOST } from "../../../../local/outside/gemini/host.ts";
import { misfits } from "./fits.ts";
import {
  asked,
  EMBEDDING,
  jsonBy,
  KEY,
  MODEL,
  SmallGemini,
  textOf,
  type Refused,
} from "./small-gemini.ts";

const SCHEMA = {
  type: "object",
  properties: {
    title: { type: "string" },
    tags: { type: "array", items: { type: "string" }, maxItems: 30 },
    score: { type: "integer", minimum: 1, maximum: 5 },
    kind: { type: "string", enum: ["a", "b"] },
    link: { type: "string", format: "uri" },
  },
  required: ["title", "tags", "score", "kind", "link"],
};

const PATH = `/v1beta/models/${MODEL}:generateContent`;

describe("a fault of Gemini", () => {
  let small: SmallGemini;

  beforeEach(() => {
    small = new SmallGemini();
  });

  /** What the next request is answered with under the fault. */
  async function under(fault: FaultInput) {
    small.gemini.faults.order(fault);
    return small.generate("Hello", jsonBy(SCHEMA));
  }

  async function refusedUnder(fault: FaultInput): Promise<Refused["error"]> {
    return ((await under(fault)).body as unknown as Refused).error;
  }

  const REFUSALS = [
    ["invalid-argument", 400, "INVALID_ARGUMENT"],
    ["bad-key", 400, "INVALID_ARGUMENT"],
    ["unauthenticated", 401, "UNAUTHENTICATED"],
    ["permission-denied", 403, "PERMISSION_DENIED"],
    ["no-model", 404, "NOT_FOUND"],
    ["per-minute", 429, "RESOURCE_EXHAUSTED"],
    ["per-day", 429, "RESOURCE_EXHAUSTED"],
    ["internal", 500, "INTERNAL"],
    ["overloaded", 503, "UNAVAILABLE"],
    ["deadline", 504, "DEADLINE_EXCEEDED"],
  ] as const;
  for (const [fault, code, status] of REFUSALS) {
    it(`${fault} is answered ${code} ${status}, once`, async () => {
      const error = await refusedUnder({ fault });
      expect([error.code, error.status]).to.deep.equal([code, status]);
      expect((await small.generate("Hello")).status).to.equal(200);
    });
  }

  it("of a quota says which, and how long to wait", async () => {
    const detail = async (fault: FaultInput, type: string) =>
      ((await refusedUnder(fault)).details ?? []).find((each) =>
        String(each["@type"]).endsWith(`google.rpc.${type}`),
      );
    const violations = (quotaId: string) => [
      {
        quotaMetric: `${GEMINI_HOST}/generate_content_free_tier_requests`,
        quotaId,
        quotaDimensions: { location: "global", model: MODEL },
        quotaValue: "20",
      },
    ];
    expect((await detail({ fault: "per-minute" }, "QuotaFailure"))?.violations).to.deep.equal(
      violations("GenerateRequestsPerMinutePerProjectPerModel-FreeTier"),
    );
    expect((await detail({ fault: "per-minute" }, "RetryInfo"))?.retryDelay).to.equal("37.25s");
    expect((await detail({ fault: "per-day" }, "QuotaFailure"))?.violations).to.deep.equal(
      violations("GenerateRequestsPerDayPerProjectPerModel-FreeTier"),
    );
    const ordered = { fault: "per-minute", retryDelaySeconds: 0.5 } as const;
    expect((await detail(ordered, "RetryInfo"))?.retryDelay).to.equal("0.5s");
  });

  it("gives any status and body", async () => {
    const answer = await under({ fault: "fail", status: 418, body: { tea: true } });
    expect(answer).to.deep.equal({ status: 418, body: { tea: true } });
  });

  it("blocks the prompt", async () => {
    const { body } = await under({ fault: "blocked", reason: "PROHIBITED_CONTENT" });
    expect(body.promptFeedback).to.deep.equal({ blockReason: "PROHIBITED_CONTENT" });
    expect(body.candidates).to.equal(undefined);
  });

  it("ends the answer for a reason: with half of it, or with nothing", async () => {
    const cut = await under({ fault: "finish", reason: "MAX_TOKENS" });
    expect(cut.body.candidates?.[0]?.finishReason).to.equal("MAX_TOKENS");
    expect(textOf(cut.body)).to.match(/^\{"title":/);
    expect(() => JSON.parse(textOf(cut.body)) as unknown).to.throw(SyntaxError);
    for (const reason of ["SAFETY", "RECITATION"] as const) {
      const { body } = await under({ fault: "finish", reason });
      expect(body.candidates).to.deep.equal([
        { content: { role: "model" }, finishReason: reason, index: 0 },
      ]);
    }
  });

  it("leaves out candidates, or what they say", async () => {
    expect((await under({ fault: "no-candidates" })).body).not.to.have.any.keys(
      "candidates",
      "promptFeedback",
    );
    const { body } = await under({ fault: "no-content" });
    expect(body.candidates?.[0]?.content).to.deep.equal({ role: "model" });
    expect(body.candidates?.[0]?.finishReason).to.equal("STOP");
  });

  it("answers with what is no JSON, with JSON that does not fit, and with a text that is given", async () => {
    const prose = textOf((await under({ fault: "not-json" })).body);
    expect(prose).to.contain("```json");
    const json = JSON.parse(textOf((await under({ fault: "off-schema" })).body)) as unknown;
    expect(misfits(json, SCHEMA)).to.deep.equal(["$: required title"]);
    const given = await under({ fault: "answer", text: '{"a":1}' });
    expect(textOf(given.body)).to.equal('{"a":1}');
  });

  it("never fits by chance, whatever the schema", async () => {
    const schemas = [
      { type: "array", items: { type: "string" } },
      { type: "string" },
      { type: "object", properties: { a: { type: "string" } } },
    ];
    for (const schema of schemas) {
      small.gemini.faults.order({ fault: "off-schema" });
      expect(misfits(await small.json(schema), schema)).not.to.deep.equal([]);
    }
  });

  it("adds thoughts that nobody asked for", async () => {
    const { body } = await under({ fault: "thoughts" });
    expect(body.candidates?.[0]?.content.parts?.[0]?.thought).to.equal(true);
    expect(misfits(JSON.parse(textOf(body)), SCHEMA)).to.deep.equal([]);
  });

  it("is hostile: it fits the schema, and is long and full of what must not be obeyed", async () => {
    small.gemini.faults.order({ fault: "hostile", times: 30 });
    let said = "";
    for (let i = 0; i < 30; i++) {
      const { body } = await small.generate(`Question ${i}`, jsonBy(SCHEMA));
      const json = JSON.parse(textOf(body)) as { tags: readonly string[]; title: string };
      expect(misfits(json, SCHEMA)).to.deep.equal([]);
      expect(json.tags).to.have.length(30);
      expect(json.title.length).to.be.greaterThan(4000);
      expect(Object.keys(json)).to.include.members(["__proto__", "constructor"]);
      said += textOf(body);
    }
    for (const each of ["<script>", "Ignore all previous instructions", "javascript:", "169.254"]) {
      expect(said).to.contain(each);
    }
  });

  it("is hostile within the limit of tokens", async () => {
    small.gemini.faults.order({ fault: "hostile" });
    const { body } = await small.generate("Hello", { maxOutputTokens: 8192, ...jsonBy(SCHEMA) });
    expect(body.candidates?.[0]?.finishReason).to.equal("STOP");
    expect(misfits(JSON.parse(textOf(body)), SCHEMA)).to.deep.equal([]);
  });

  it("is hostile in plain text, and with a picture that is a program", async () => {
    small.gemini.faults.order({ fault: "hostile", times: 2 });
    expect(textOf((await small.generate("Hello")).body).length).to.be.greaterThan(4000);
    const { body } = await small.generate("Draw", {}, "gemini-3-pro-image");
    const picture = body.candidates?.[0]?.content.parts?.at(-1)?.inlineData;
    expect(picture?.mimeType).to.equal("image/svg+xml");
    expect(Buffer.from(picture?.data ?? "", "base64").toString()).to.contain("onload=");
  });

  it("breaks the connection before the answer, or in the middle of it", async () => {
    small.gemini.faults.order({ fault: "break" });
    const broken = await small.ask(PATH, asked("Hello")).catch(String);
    expect(broken).to.equal("Error: The connection was broken on order.");
    small.gemini.faults.order({ fault: "cut" });
    const response = await small.gemini.send({
      method: "POST",
      url: new URL(`https://${GEMINI_HOST}${PATH}`),
      headers: [["x-goog-api-key", KEY]],
      body: Readable.from([Buffer.from(JSON.stringify(asked("Hello")))]),
    });
    expect(response.status).to.equal(200);
    const cut = await bodyOf(response).catch(String);
    expect(cut).to.equal("Error: The connection was broken on order.");
  });

  it("is slow by the clock, and answers then", async () => {
    small.gemini.faults.order({ fault: "slow", ms: 30_000 });
    small.gemini.faults.order({ fault: "overloaded" });
    let answered: number | undefined;
    const answer = small.ask(PATH, asked("Hello")).then(({ status }) => void (answered = status));
    await small.clock.advance({ seconds: 29 });
    expect(answered).to.equal(undefined);
    await small.clock.advance({ seconds: 1 });
    await answer;
    expect(answered).to.equal(503);
  });

  it("hangs until the sender goes away", async () => {
    small.gemini.faults.order({ fault: "hang" });
    const gone = new AbortController();
    const answer = small.ask(PATH, asked("Hello"), { signal: gone.signal }).catch(String);
    gone.abort();
    expect(await answer).to.equal("Error: The sender went away.");
    expect(small.gemini.requests.all.at(-1)?.status).to.equal(undefined);
  });

  it("is for one kind of request, and for one model, where that is said", async () => {
    small.gemini.faults.order({ fault: "overloaded", of: "embed" });
    small.gemini.faults.order({ fault: "internal", model: "gemini-3.8-flash" });
    small.gemini.faults.order({ fault: "hostile" });
    const embed = { content: { parts: [{ text: "Hello" }] } };
    const path = `/v1beta/models/${EMBEDDING}:embedContent`;
    expect((await small.generate("Hello")).status).to.equal(200);
    expect((await small.ask(path, embed)).status).to.equal(503);
    expect((await small.generate("Hello")).status).to.equal(200);
    expect((await small.generate("Hello", {}, "gemini-3.8-flash")).status).to.equal(500);
    expect(small.gemini.faults.ordered).to.deep.equal([]);
  });
});
