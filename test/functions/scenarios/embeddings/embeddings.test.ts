import { expect } from "chai";
import { embed, LOCAL_MODEL } from "../../../../functions/scenarios/embeddings/embed.ts";
import { nearest } from "../../../../functions/scenarios/embeddings/embeddings.ts";
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

describe("nearest", () => {
  const item = (id: string, vector: number[]) => ({ id, text: id, artifact: "forces", vector });
  const stored = {
    run_id: "r",
    model: LOCAL_MODEL,
    items: [item("b", [1, 0]), item("a", [1, 0]), item("far", [0, 1]), item("other", [1])],
  };

  it("finds the nearest first, equal ones by id, and none that is too far or of another length", () => {
    const found = nearest([1, 0], stored, { count: 5, minScore: 0.2 });
    expect(found).to.deep.equal([
      { id: "a", text: "a", artifact: "forces", score: 1 },
      { id: "b", text: "b", artifact: "forces", score: 1 },
    ]);
    expect(nearest([1, 0], stored, { count: 1, minScore: 0.2 })).to.have.length(1);
  });
});
