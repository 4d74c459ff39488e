import * as v from "valibot";
import { callGemini } from "../gemini/call.ts";
import type { GeminiPorts } from "../gemini/call.ts";
import { GeminiError } from "../gemini/gemini-error.ts";
import { parsedJson } from "../json.ts";
import { bagOfWords, cosine } from "./words.ts";

/** The embedding of a mock run: the words of a text, hashed. */
export const LOCAL_MODEL = "local-hash-256";
/** Of Gemini's vectors, whose first numbers say most (ai.google.dev/gemini-api/docs/embeddings). */
const DIMENSIONS = 256;
const PER_REQUEST = 100;
const MAX_CHARACTERS = 8_000;

const Answer = v.object({
  embeddings: v.array(
    v.object({ values: v.pipe(v.array(v.pipe(v.number(), v.finite())), v.nonEmpty()) }),
  ),
});

export interface Embedding {
  readonly model: string;
  /** Needed for every model but the local one. */
  readonly key: string | undefined;
  readonly signal: AbortSignal;
}

/** Texts as vectors of length 1, in their order. @throws GeminiError */
export async function embed(
  texts: readonly string[],
  { model, key, signal }: Embedding,
  ports: GeminiPorts,
): Promise<number[][]> {
  if (model === LOCAL_MODEL) return texts.map((text) => [...bagOfWords(text)]);
  if (key === undefined) throw new GeminiError("There is no API key.", { isFinal: true });
  const vectors: number[][] = [];
  for (let at = 0; at < texts.length; at += PER_REQUEST) {
    const asked = texts.slice(at, at + PER_REQUEST);
    const requests = asked.map((text) => ({
      model: `models/${model}`,
      content: { parts: [{ text: text.slice(0, MAX_CHARACTERS) }] },
      outputDimensionality: DIMENSIONS,
    }));
    const call = { model, method: "batchEmbedContents", key, body: { requests }, signal } as const;
    const answer = v.safeParse(Answer, parsedJson(await callGemini(call, ports)));
    if (!answer.success || answer.output.embeddings.length !== asked.length) {
      throw new GeminiError("Gemini's embeddings are not as documented.");
    }
    // Shortened vectors are not of length 1.
    vectors.push(...answer.output.embeddings.map(({ values }) => unit(values)));
  }
  return vectors;
}

function unit(values: readonly number[]): number[] {
  const length = Math.sqrt(cosine(values, values));
  return length === 0 ? [...values] : values.map((value) => value / length);
}
