import { expect } from "chai";
import { EMBEDDING, MODEL, SmallGemini, type Refused } from "./small-gemini.ts";

const content = (text: string) => ({ parts: [{ text }] });

describe("embeddings", () => {
  let small: SmallGemini;

  beforeEach(() => {
    small = new SmallGemini();
  });

  async function embed(text: string, more: object = {}, model = EMBEDDING) {
    const body = { content: content(text), ...more };
    const answer = await small.ask(`/v1beta/models/${model}:embedContent`, body);
    return JSON.parse(answer.text) as { embedding: { values: number[] } } & Refused;
  }

  async function batch(requests: readonly object[]) {
    const answer = await small.ask(`/v1beta/models/${EMBEDDING}:batchEmbedContents`, { requests });
    return JSON.parse(answer.text) as { embeddings: { values: number[] }[] } & Refused;
  }

  const near = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0) /
    (Math.hypot(...a) * Math.hypot(...b));

  it("are of 3,072 dimensions, of length 1, and the same for the same text", async () => {
    const { values } = (await embed("Solar power in Norway")).embedding;
    expect(values).to.have.length(3072);
    expect(Math.hypot(...values)).to.be.closeTo(1, 1e-4);
    expect((await embed("Solar power in Norway")).embedding.values).to.deep.equal(values);
  });

  for (const outputDimensionality of [3072, 768, 16]) {
    it(`are nearer where texts share words, in ${outputDimensionality} dimensions`, async () => {
      const of = async (text: string) =>
        (await embed(text, { outputDimensionality })).embedding.values;
      const question = await of("Which grid operators store energy?");
      const about = await of("Grid operators store energy in batteries.");
      const other = await of("Ships wait before the harbour of Rotterdam.");
      expect(about).to.have.length(outputDimensionality);
      expect(near(question, about)).to.be.greaterThan(near(question, other) + 0.2);
    });
  }

  it("come in batches, in the order of the requests", async () => {
    const texts = ["one", "two"];
    const requests = texts.map((text) => ({
      model: `models/${EMBEDDING}`,
      content: content(text),
      taskType: "RETRIEVAL_DOCUMENT",
      output_dimensionality: 8,
    }));
    const alone = await Promise.all(texts.map((text) => embed(text, { outputDimensionality: 8 })));
    expect((await batch(requests)).embeddings).to.deep.equal(alone.map((each) => each.embedding));
  });

  it("are too few, and too short, on order", async () => {
    small.gemini.faults.order({ fault: "off-schema", of: "embed", times: 2 });
    expect((await embed("one")).embedding.values).to.have.length(3071);
    const request = { model: `models/${EMBEDDING}`, content: content("one") };
    expect((await batch([request, request])).embeddings).to.have.length(1);
  });

  it("are refused by the name of what is wrong", async () => {
    const message = async (more: object, model?: string) =>
      (await embed("one", more, model)).error.message;
    expect(await message({ content: content("") })).to.contain("content is not specified");
    expect(await message({ outputDimensionality: 4096 })).to.contain("output_dimensionality");
    expect(await message({ taskType: "SOMETHING" })).to.contain("task_type");
    expect(await message({ title: "A title" })).to.contain("RETRIEVAL_DOCUMENT");
    expect(await message({ model: "models/other" })).to.contain("model");
    expect(await message({}, MODEL)).to.contain("not supported for embedContent");
    expect(await message({}, "text-embedding-004")).to.contain("is not found");
    expect((await batch([])).error.message).to.contain("requests is not specified");
    const unnamed = { content: content("one") };
    expect((await batch([unnamed])).error.message).to.contain("model");
    const many = Array.from({ length: 101 }, () => unnamed);
    expect((await batch(many)).error.message).to.contain("at most 100 requests");
  });
});
