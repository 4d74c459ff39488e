import { expect } from "chai";
import fc from "fast-check";
import * as v from "valibot";
import { callGemini } from "../../../../functions/scenarios/gemini/call.ts";
import { GeminiError } from "../../../../functions/scenarios/gemini/gemini-error.ts";
import { jsonSchemaOf } from "../../../../functions/scenarios/gemini/json-schema.ts";
import { readResponse } from "../../../../functions/scenarios/gemini/response.ts";
import { QUESTIONS } from "../../../../functions/scenarios/prompts/index.ts";
import { KEY, posted, saying, ScriptedGemini } from "./scripted-gemini.ts";

const CALL = {
  model: "gemini-3.6-flash",
  key: KEY,
  body: { contents: [] },
  signal: new AbortController().signal,
} as const;

async function failureOf(gemini: ScriptedGemini): Promise<GeminiError> {
  try {
    await callGemini(CALL, gemini);
  } catch (error) {
    if (error instanceof GeminiError) return error;
    throw error;
  }
  throw new Error("It did not fail.");
}

function quota(quotaId: string, retryDelay: string) {
  return {
    error: {
      code: 429,
      message: "You exceeded your current quota.",
      status: "RESOURCE_EXHAUSTED",
      details: [
        { "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations: [{ quotaId }] },
        { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay },
      ],
    },
  };
}

describe("callGemini", () => {
  it("asks the documented address with the key in a header, and nowhere else", async () => {
    const gemini = new ScriptedGemini(saying("yes"));
    await callGemini(CALL, gemini);
    expect(gemini.asked).to.deep.equal([
      {
        signal: CALL.signal,
        url: "https://generativelanguage.googleapis.com/v1beta/models/gemini-3.6-flash:generateContent",
        headers: { "content-type": "application/json", "x-goog-api-key": KEY },
        body: '{"contents":[]}',
        timeoutSeconds: 60,
      },
    ]);
  });

  for (const status of [408, 429, 500, 502, 503, 504]) {
    it(`asks three times at most where it answers ${status}`, async () => {
      const gemini = new ScriptedGemini(posted(status, "busy"));
      const { isFinal } = await failureOf(gemini);
      expect([isFinal, gemini.asked.length, gemini.waited]).to.deep.equal([false, 3, [1, 2]]);
    });
  }

  it("goes on once it is answered", async () => {
    const gemini = new ScriptedGemini(new Error("reset"), posted(503, ""), saying("yes"));
    expect(readResponse(await callGemini(CALL, gemini)).text).to.equal("yes");
  });

  it("waits as long as it is asked to, by header or detail", async () => {
    const busy = posted(503, "", "3");
    const gemini = new ScriptedGemini(busy, posted(429, quota("PerMinute", "2.5s")), saying("yes"));
    await callGemini(CALL, gemini);
    expect(gemini.waited).to.deep.equal([3, 2.5]);
  });

  it("leaves a long wait to whoever asked", async () => {
    const gemini = new ScriptedGemini(posted(429, quota("PerMinute", "37s")));
    const { isFinal, retryAfterSeconds } = await failureOf(gemini);
    expect([isFinal, retryAfterSeconds, gemini.asked.length]).to.deep.equal([false, 37, 1]);
  });

  it("takes a quota of the day as final, whatever it says of a delay", async () => {
    const id = "GenerateRequestsPerDayPerProjectPerModel-FreeTier";
    const gemini = new ScriptedGemini(posted(429, quota(id, "1s")));
    const { isFinal, message } = await failureOf(gemini);
    expect([isFinal, gemini.asked.length, message]).to.deep.equal([
      true,
      1,
      "Gemini answered 429: You exceeded your current quota. (the quota of the day is used up)",
    ]);
  });

  it("takes a bad key and an unknown model as final", async () => {
    for (const status of [400, 401, 403, 404]) {
      const error = { error: { message: "API key not valid. Please pass a valid API key." } };
      const gemini = new ScriptedGemini(posted(status, error));
      const { isFinal } = await failureOf(gemini);
      expect([isFinal, gemini.asked.length]).to.deep.equal([true, 1]);
    }
  });

  it("repeats the key in no message and in no answer", async () => {
    const echo = { error: { message: `Bad request ?key=${KEY}` } };
    expect((await failureOf(new ScriptedGemini(posted(400, echo)))).message).to.equal(
      "Gemini answered 400: Bad request ?key=[key]",
    );
    expect(await callGemini(CALL, new ScriptedGemini(saying(KEY)))).not.to.include(KEY);
    const broken = new ScriptedGemini(new Error(`connect ${KEY}`));
    expect((await failureOf(broken)).message).not.to.include(KEY);
  });

  it("says why at length of a line, whatever it is answered", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 400, max: 599 }), fc.json(), async (status, body) => {
        const { message } = await failureOf(new ScriptedGemini(posted(status, body)));
        expect(message.length).to.be.below(300);
      }),
    );
  });

  it("stops when it is told to", async () => {
    const controller = new AbortController();
    const gemini = new ScriptedGemini(new Error("aborted"));
    const asked = callGemini({ ...CALL, signal: controller.signal }, gemini);
    controller.abort(new Error("the lease is lost"));
    const error = await asked.catch((reason: unknown) => reason);
    expect(error).to.deep.include({ message: "the lease is lost" });
  });
});

describe("readResponse", () => {
  const read = (body: unknown) => readResponse(JSON.stringify(body));
  const failure = (body: unknown): [string, boolean] => {
    try {
      read(body);
    } catch (error) {
      if (error instanceof GeminiError) return [error.message, error.isFinal];
    }
    throw new Error("It did not fail.");
  };

  it("joins all parts but thoughts", () => {
    const parts = [{ text: '{"a":' }, { text: "Let me think.", thought: true }, { text: "1}" }];
    const usageMetadata = { promptTokenCount: 3, thoughtsTokenCount: 4, totalTokenCount: 12 };
    expect(
      read({ candidates: [{ content: { parts }, finishReason: "STOP" }], usageMetadata }),
    ).to.deep.equal({ text: '{"a":1}', image: undefined, urls: [], tokens: 12 });
  });

  it("takes a picture, and the pages that an answer stands on", () => {
    const inlineData = { mimeType: "image/png", data: Buffer.from("png").toString("base64") };
    const groundingMetadata = { groundingChunks: [{ web: { uri: "https://a.example/" } }, {}] };
    expect(
      read({ candidates: [{ content: { parts: [{ inlineData }] }, groundingMetadata }] }),
    ).to.deep.equal({
      text: "",
      image: Buffer.from("png"),
      urls: ["https://a.example/"],
      tokens: 0,
    });
  });

  it("fails with the reason where an answer was cut off or blocked", () => {
    const stopped = (finishReason: string) => ({
      candidates: [{ content: { parts: [{ text: '{"a":' }] }, finishReason }],
    });
    expect(
      [
        stopped("MAX_TOKENS"),
        stopped("SAFETY"),
        stopped("<script>"),
        { promptFeedback: { blockReason: "PROHIBITED_CONTENT" } },
        {},
        "text",
      ].map(failure),
    ).to.deep.equal([
      ["Gemini's answer was cut off: MAX_TOKENS.", false],
      ["Gemini stopped answering: SAFETY.", false],
      ["Gemini stopped answering: an unknown reason.", false],
      ["Gemini blocked the prompt: PROHIBITED_CONTENT.", true],
      ["Gemini answered without a candidate.", false],
      ["Gemini's answer is not as documented.", false],
    ]);
  });
});

describe("jsonSchemaOf", () => {
  it("says what an answer looks like", () => {
    const schema = v.object({
      name: v.pipe(v.string(), v.trim(), v.maxLength(5)),
      kind: v.optional(v.picklist(["a", "b"])),
      parts: v.pipe(v.array(v.pipe(v.number(), v.minValue(0), v.maxValue(1))), v.minLength(2)),
    });
    expect(jsonSchemaOf(schema)).to.deep.equal({
      type: "object",
      properties: {
        name: { type: "string", maxLength: 5 },
        kind: { type: "string", enum: ["a", "b"] },
        parts: { type: "array", items: { type: "number", minimum: 0, maximum: 1 }, minItems: 2 },
      },
      required: ["name", "parts"],
      additionalProperties: false,
    });
  });

  it("knows every question's answer", () => {
    for (const { answer } of Object.values(QUESTIONS)) {
      expect(jsonSchemaOf(answer)).to.have.property("type", "object");
    }
  });

  it("refuses what no answer has", () => {
    expect(() => jsonSchemaOf(v.date())).to.throw("No answer has a member of the kind date.");
  });
});
