import { inflateSync } from "node:zlib";
import { expect } from "chai";
import { misfits } from "./fits.ts";
import { asked, jsonBy, MODEL, SmallGemini, textOf, type Generated } from "./small-gemini.ts";

const SCHEMA = {
  type: "object",
  properties: {
    title: { type: "string", maxLength: 60 },
    drivers: {
      type: "array",
      minItems: 2,
      maxItems: 4,
      items: {
        type: "object",
        properties: { id: { type: "string" }, impact: { enum: ["low", "high"] } },
        required: ["id", "impact"],
        additionalProperties: false,
      },
    },
  },
  required: ["title", "drivers"],
  additionalProperties: false,
};

describe("generateContent", () => {
  let small: SmallGemini;

  beforeEach(() => {
    small = new SmallGemini();
  });

  it("answers a question in sentences, and says what that took", async () => {
    const { status, body } = await small.generate("What of Norway?");
    expect(status).to.equal(200);
    expect(textOf(body)).to.match(/^([A-Z][a-z ]+\. ?){4}$/);
    const {
      promptTokenCount = 0,
      candidatesTokenCount = 0,
      thoughtsTokenCount = 0,
    } = body.usageMetadata;
    expect(promptTokenCount).to.equal(4);
    expect(candidatesTokenCount).to.equal(Math.ceil(textOf(body).length / 4));
    expect(body.usageMetadata.totalTokenCount).to.equal(
      promptTokenCount + candidatesTokenCount + thoughtsTokenCount,
    );
    expect(body.modelVersion).to.equal(MODEL);
    expect(body.candidates?.[0]?.finishReason).to.equal("STOP");
    expect(body.candidates?.[0]?.content.role).to.equal("model");
  });

  it("answers by either kind of schema", async () => {
    expect(misfits(await small.json(SCHEMA), SCHEMA)).to.deep.equal([]);
    const responseSchema = {
      type: "ARRAY",
      items: { type: "STRING" },
      minItems: "2",
      maxItems: "2",
    };
    const config = { responseMimeType: "application/json", responseSchema };
    const { body } = await small.generate("Hello", config);
    expect(JSON.parse(textOf(body))).to.have.length(2);
  });

  it("answers with some JSON without a schema, and with a word of an enum", async () => {
    const { body } = await small.generate("Hello", { responseMimeType: "application/json" });
    expect(JSON.parse(textOf(body))).to.have.keys("summary", "points");
    const responseSchema = { type: "STRING", enum: ["yes"] };
    const config = { responseMimeType: "text/x.enum", responseSchema };
    expect(textOf((await small.generate("Hello", config)).body)).to.equal("yes");
  });

  it("answers the same to the same request, and otherwise to another", async () => {
    const one = await small.generate("Tell of Norway", jsonBy(SCHEMA));
    expect(await small.generate("Tell of Norway", jsonBy(SCHEMA))).to.deep.equal(one);
    const other = await small.generate("Tell of Sweden", jsonBy(SCHEMA));
    expect(textOf(other.body)).not.to.equal(textOf(one.body));
  });

  it("takes fields in either spelling, and null for none", async () => {
    const more = { system_instruction: { parts: [{ text: "Be brief." }] }, safetySettings: null };
    const config = { response_mime_type: "application/json", response_json_schema: { const: 1 } };
    const { status, body } = await small.generate("Hello", config, MODEL, more);
    expect([status, textOf(body)]).to.deep.equal([200, "1"]);
  });

  it("cuts answers in parts, anywhere", async () => {
    const counts = new Set<number>();
    for (let i = 0; i < 20; i++) {
      const { body } = await small.generate(`Question ${i}`, jsonBy(SCHEMA));
      const parts = body.candidates?.[0]?.content.parts ?? [];
      counts.add(parts.length);
      expect(parts.every(({ text, thought }) => text !== "" && thought === undefined)).to.equal(
        true,
      );
      expect(parts.at(-1)?.thoughtSignature).to.be.a("string");
      expect(misfits(JSON.parse(textOf(body)), SCHEMA)).to.deep.equal([]);
    }
    expect([...counts].sort()).to.deep.equal([1, 2, 3, 4]);
  });

  it("shows its thoughts where they are asked for, first and marked", async () => {
    const thinkingConfig = { includeThoughts: true, thinkingLevel: "low" };
    const { body } = await small.generate("Hello", { thinkingConfig, ...jsonBy({ const: 1 }) });
    const [first] = body.candidates?.[0]?.content.parts ?? [];
    expect(first?.thought).to.equal(true);
    expect(textOf(body)).to.equal("1");
  });

  it("stops at the limit of tokens, of which thoughts take their part", async () => {
    const cut = await small.generate("Hello", { maxOutputTokens: 40, ...jsonBy(SCHEMA) });
    expect(cut.body.candidates?.[0]?.finishReason).to.equal("MAX_TOKENS");
    expect(() => JSON.parse(textOf(cut.body)) as unknown).to.throw(SyntaxError);
    expect(textOf(cut.body)).to.not.equal("");
    const none = await small.generate("Hello", { maxOutputTokens: 5 });
    expect(none.body.candidates?.[0]).to.deep.equal({
      content: { role: "model" },
      finishReason: "MAX_TOKENS",
      index: 0,
    });
  });

  it("stops at a stop sequence", async () => {
    const { body } = await small.generate("Hello", { stopSequences: [". "] });
    expect(textOf(body)).to.match(/^[A-Z][a-z ]+$/);
  });

  describe("with a search", () => {
    const tools = [{ google_search: {} }];

    it("names pages, what they support, and what it searched for", async () => {
      const { body } = await small.generate("What of Norway?", {}, MODEL, { tools });
      const grounding = body.candidates?.[0]?.groundingMetadata;
      expect(grounding?.webSearchQueries).to.deep.equal(["What of Norway?"]);
      expect(grounding?.groundingChunks.map(({ web }) => new URL(web.uri).host)).to.deep.equal(
        Array(3).fill("vertexaisearch.cloud.google.com"),
      );
      const text = Buffer.from(textOf(body));
      for (const { segment } of grounding?.groundingSupports ?? []) {
        const { startIndex = 0, endIndex } = segment;
        expect(text.subarray(startIndex, endIndex).toString()).to.equal(segment.text);
      }
      expect(grounding?.groundingSupports).to.have.length(4);
    });

    it("counts in bytes", async () => {
      small.gemini.faults.order({ fault: "answer", text: "Søren went. Åse stayed." });
      const { body } = await small.generate("Hello", {}, MODEL, { tools });
      const [, second] = body.candidates?.[0]?.groundingMetadata?.groundingSupports ?? [];
      expect(second?.segment).to.deep.equal({ startIndex: 12, endIndex: 25, text: " Åse stayed." });
    });

    it("names the pages that it is given", async () => {
      const uri = "https://a.example/";
      const other = new SmallGemini({ sources: [{ uri, title: "a.example" }] });
      const { body } = await other.generate("Hello", {}, MODEL, { tools });
      expect(body.candidates?.[0]?.groundingMetadata?.groundingChunks).to.deep.equal([
        { web: { uri, title: "a.example" } },
      ]);
    });

    it("goes with a schema from models of 3 on only", async () => {
      const { status } = await small.generate("Hello", jsonBy(SCHEMA), MODEL, { tools });
      expect(status).to.equal(200);
      const refused = await small.refusal(jsonBy(SCHEMA), "gemini-2.5-flash", { tools });
      expect(refused.message).to.equal(
        "Tool use with a response mime type: 'application/json' is unsupported",
      );
    });
  });

  describe("of an image model", () => {
    const IMAGE = "gemini-3.1-flash-image";

    function pictureOf({ candidates }: Generated): Buffer {
      const parts = candidates?.[0]?.content.parts ?? [];
      const found = parts.find(({ inlineData }) => inlineData?.mimeType === "image/png");
      return Buffer.from(found?.inlineData?.data ?? "", "base64");
    }

    it("draws a PNG of the ratio that is asked for, and says something", async () => {
      const imageConfig = { aspectRatio: "16:9" };
      const { body } = await small.generate("Draw", { imageConfig }, IMAGE);
      const png = pictureOf(body);
      expect(png.subarray(0, 8).toString("latin1")).to.equal("\x89PNG\r\n\x1a\n");
      expect([png.readUInt32BE(16), png.readUInt32BE(20)]).to.deep.equal([64, 36]);
      const data = png.subarray(41, 41 + png.readUInt32BE(33));
      expect(inflateSync(data)).to.have.length(36 * (1 + 64 * 3));
      expect(textOf(body)).not.to.equal("");
      expect(pictureOf((await small.generate("Draw", { imageConfig }, IMAGE)).body)).to.deep.equal(
        png,
      );
    });

    it("draws only, or speaks only, as it is asked", async () => {
      const drawn = await small.generate("Draw", { responseModalities: ["IMAGE"] }, IMAGE);
      expect(drawn.body.candidates?.[0]?.content.parts).to.have.length(1);
      const said = await small.generate("Say", { responseModalities: ["Text"] }, IMAGE);
      expect(pictureOf(said.body)).to.have.length(0);
      expect(textOf(said.body)).not.to.equal("");
    });

    it("is refused by a model that draws nothing, for JSON, and for another ratio", async () => {
      const refused = async (config: object, model: string) =>
        (await small.refusal(config, model)).message;
      expect(await refused({ responseModalities: ["IMAGE"] }, MODEL)).to.contain("modalities");
      expect(await refused(jsonBy(SCHEMA), IMAGE)).to.contain("JSON mode");
      expect(await refused({ imageConfig: { aspectRatio: "7:1" } }, IMAGE)).to.contain(
        "aspect_ratio",
      );
    });
  });

  describe("refuses", () => {
    it("models that are shut down, are none, or do something else", async () => {
      const gone = ["gemini-1.5-flash-latest", "gemini-2.0-flash", "gemini-3-pro-preview"];
      const none = [
        "gemini-3-pro-image-preview",
        "imagen-3.0-generate-002",
        "gemini-9000",
        "gpt-5",
      ];
      for (const model of [...gone, ...none, "gemini-embedding-001"]) {
        const { code, status, message } = await small.refusal({}, model);
        expect([code, status]).to.deep.equal([404, "NOT_FOUND"]);
        expect(message).to.match(/^models\/.* is not found for API version v1beta/);
      }
      for (const model of ["gemini-3.8-flash", "gemini-3.5-flash-lite", "gemini-3.1-pro-preview"]) {
        expect((await small.generate("Hello", {}, model)).status).to.equal(200);
      }
    });

    it("a field that there is not, by its name and place", async () => {
      const description = `Invalid JSON payload received. Unknown name "responseFormat" at 'generation_config': Cannot find field.`;
      expect(await small.refusal({ responseFormat: 1 })).to.deep.equal({
        code: 400,
        message: description,
        status: "INVALID_ARGUMENT",
        details: [
          {
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            fieldViolations: [{ field: "generation_config", description }],
          },
        ],
      });
    });

    const REFUSED: readonly (readonly [object, string])[] = [
      [{ temperature: 2.1 }, "temperature"],
      [{ temperature: "warm" }, "Invalid value at 'generation_config.temperature'"],
      [{ topP: 1.5 }, "top_p"],
      [{ maxOutputTokens: 0 }, "max_output_tokens must be positive"],
      [{ candidateCount: 2 }, "Multiple candidates"],
      [{ responseMimeType: "text/html" }, "allowed mimetypes"],
      [{ responseJsonSchema: { const: 1 } }, "needs the response mime type"],
      [{ ...jsonBy({ const: 1 }), responseSchema: { type: "STRING" } }, "only one of"],
      [jsonBy([]), "A schema is an object"],
      [{ thinkingConfig: { thinkingBudget: 1, thinkingLevel: "HIGH" } }, "only one of"],
      [{ responseMimeType: "text/x.enum", responseSchema: { type: "INTEGER" } }, "text/x.enum"],
    ];
    for (const [config, sentence] of REFUSED) {
      it(`the config ${JSON.stringify(config)}`, async () => {
        const { code, message } = await small.refusal(config);
        expect(code).to.equal(400);
        expect(message).to.contain(sentence);
      });
    }

    const CONTENTS: readonly (readonly [unknown, string])[] = [
      [[], "contents is not specified"],
      [[{ parts: [] }], "contents[0].parts: contents.parts must not be empty"],
      [[{ parts: [{}] }], "required oneof field 'data'"],
      [[{ role: "system", parts: [{ text: "x" }] }], "Please use a valid role: user, model."],
      [[{ parts: [{ fileData: {} }] }], `Unknown name "fileData" at 'contents[0].parts[0]'`],
    ];
    for (const [contents, sentence] of CONTENTS) {
      it(`the contents ${JSON.stringify(contents)}`, async () => {
        expect((await small.refusal({}, MODEL, { contents })).message).to.contain(sentence);
      });
    }

    it("what is no JSON, or is too large", async () => {
      const path = `/v1beta/models/${MODEL}:generateContent`;
      expect((await small.ask(path, "{")).text).to.contain("The body is no JSON.");
      const { status, text } = await small.ask(path, "x".repeat(20 * 1024 * 1024 + 1));
      expect(status).to.equal(400);
      expect(text).to.contain("Request payload size exceeds the limit: 20971520 bytes.");
    });

    it("methods and parameters that it has not, and says so in the log", async () => {
      const path = `/v1beta/models/${MODEL}`;
      const { status, text } = await small.ask(`${path}:countTokens`, asked("Hello"));
      expect(status).to.equal(404);
      expect(text).to.contain("countTokens");
      expect(small.log).to.deep.equal([
        {
          source: "gemini",
          severity: "WARNING",
          message: `The stand-in Gemini has no POST ${path}:countTokens`,
        },
      ]);
      for (const query of ["?alt=sse", "?fields=candidates"]) {
        const answer = await small.ask(`${path}:generateContent`, asked("Hello"), { query });
        expect(answer.status).to.equal(400);
      }
    });
  });
});
