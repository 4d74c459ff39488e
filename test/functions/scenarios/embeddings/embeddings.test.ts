import { expect } from "chai";
import { embed, LOCAL_MODEL } from "../../../../functions/scenarios/embeddings/embed.ts";
import { bagOfWords } from "../../../../functions/scenarios/embeddings/words.ts";
import { GeminiError } from "../../../../functions/scenarios/gemini/gemini-error.ts";
import { KEY, posted, ScriptedGemini } from "../gemini/scripted-gemini.ts";

const signal = new AbortController().signal;

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("embed", () => {
  it("asks nobody for the local model", async () => {
    const gemini = new ScriptedGemini();
    const vectors = await embed(
      ["one two"],
      { model: LOCAL_MODEL, key: undefined, signal },
      gemini,
    );
    expect(vectors).to.deep.equal([[...bagOfWords("one two")]]);
    expect(gemini.asked).to.deep.equal([]);
  });

  it("asks Gemini for a hundred at a time, and makes them of length 1", async () => {
    const answer = (count: number) => ({
      embeddings: Array.from({ length: count }, () => ({ values: [3, 4] })),
    });
    const gemini = new ScriptedGemini(posted(200, answer(100)), posted(200, answer(1)));
    const texts = Array.from({ length: 101 }, (_, index) => `text ${index}`);
    const vectors = await embed(texts, { model: "gemini-embedding-001", key: KEY, signal }, gemini);
    expect(vectors).to.have.length(101);
    expect(vectors[100]).to.deep.equal([0.6, 0.8]);
    expect(JSON.parse(gemini.asked[1]?.body ?? "")).to.deep.equal({
      requests: [
        {
          model: "models/gemini-embedding-001",
          content: { parts: [{ text: "text 100" }] },
          outputDimensionality: 256,
        },
      ],
    });
  });

  it("refuses fewer vectors than texts, and a run without a key", async () => {
    const few = new ScriptedGemini(posted(200, { embeddings: [] }));
    const model = "gemini-embedding-001";
    const failures = [
      await failureOf(embed(["a"], { model, key: KEY, signal }, few)),
      await failureOf(embed(["a"], { model, key: undefined, signal }, few)),
    ];
    expect(failures.every((failure) => failure instanceof GeminiError)).to.equal(true);
  });
});
