import { expect } from "chai";
import fc from "fast-check";
import { ManualClock } from "../../../../local/clock.ts";
import { GEMINI_HOST } from "../../../../local/outside/gemini/host.ts";
import { Gemini } from "../../../../local/outside/gemini/index.ts";
import { EMBEDDING, KEY, MODEL } from "./small-gemini.ts";

const PATHS = [
  `/v1beta/models/${MODEL}:generateContent`,
  "/v1beta/models/gemini-3.1-flash-image:generateContent",
  `/v1beta/models/${EMBEDDING}:embedContent`,
  `/v1beta/models/${EMBEDDING}:batchEmbedContents`,
  "/v1beta/models/__proto__:constructor",
  "/v1beta/models/%:generateContent",
  "/stand-in/faults",
];

const FIELDS = [
  ..."contents role parts text inlineData mimeType data thought systemInstruction".split(" "),
  ..."generationConfig temperature maxOutputTokens responseMimeType responseSchema".split(" "),
  ..."responseJsonSchema response_json_schema stopSequences thinkingConfig tools".split(" "),
  ..."googleSearch content requests model outputDimensionality taskType title fault".split(" "),
  ..."times of status reason __proto__ toString".split(" "),
];
const KEYWORDS = [
  ..."type properties required items prefixItems enum const anyOf oneOf $ref $defs".split(" "),
  ..."minItems maxItems minLength maxLength minimum maximum exclusiveMinimum pattern".split(" "),
  ..."format additionalProperties propertyOrdering minProperties uniqueItems multipleOf".split(" "),
];

const word = fc.oneof(
  fc.constantFrom(
    "object",
    "ARRAY",
    "string",
    "integer",
    "number",
    "null",
    "#",
    "#/$defs/a",
    "a{9}",
  ),
  fc.constantFrom("application/json", "text/x.enum", "user", "1e400", "hostile", "generate"),
  fc.string({ unit: "binary", maxLength: 10 }),
);
const scalar = fc.oneof(word, fc.double(), fc.integer(), fc.boolean(), fc.constant(null));
const { json, schema } = fc.letrec<{ json: unknown; schema: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie("json"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...FIELDS), tie("json"), { maxKeys: 4 }),
  ),
  schema: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie("schema"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYWORDS), tie("schema"), { maxKeys: 4 }),
    fc.record({ type: fc.constant("object"), properties: fc.dictionary(word, tie("schema")) }),
  ),
}));

const nearlyRight = fc.record({ schema, json }).map(({ schema: each, json: other }) => ({
  contents: [{ parts: [{ text: "Hello" }] }],
  generationConfig: { responseMimeType: "application/json", responseJsonSchema: each },
  ...(typeof other === "object" && other !== null && !Array.isArray(other) && other),
}));
const body = fc.oneof(
  fc.oneof(json, nearlyRight).map((each) => Buffer.from(JSON.stringify(each))),
  fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
);
const path = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...PATHS) },
  { weight: 1, arbitrary: fc.webPath() },
);
const query = fc.dictionary(fc.constantFrom("key", "alt", "fields", "$alt", "__proto__"), word, {
  maxKeys: 2,
});

describe("malformed requests to Gemini", () => {
  it("never crash it, and are never answered 5xx", async () => {
    const seen = new Set<number>();
    const property = fc.asyncProperty(
      fc.constantFrom("POST", "POST", "POST", "GET", "DELETE", "HEAD"),
      path,
      query,
      body,
      fc.boolean(),
      fc.boolean(),
      async (method, path, query, body, hasKey, isHostile) => {
        const gemini = new Gemini({ clock: new ManualClock(), log: () => undefined });
        if (isHostile) gemini.faults.order({ fault: "hostile" });
        const url = URL.parse(`https://${GEMINI_HOST}${path}`);
        if (url === null) return;
        url.search = new URLSearchParams(query).toString();
        const headers = hasKey ? ([["x-goog-api-key", KEY]] as const) : [];
        const { status } = await gemini.send({ method, url, headers, body });
        expect(status).to.be.within(200, 499);
        seen.add(status);
      },
    );
    await fc.assert(property, { numRuns: 10_000 });
    expect([...seen]).to.include.members([200, 400, 403, 404]);
  });
});
