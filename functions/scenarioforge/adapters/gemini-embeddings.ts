import * as v from "valibot";
import { GEMINI_ORIGIN } from "../../scenarios/gemini/call.ts";
import type { Embed } from "../ports.ts";

const API = `${GEMINI_ORIGIN}/v1beta/models`;
const TIMEOUT_MS = 20_000;
const AT_ONCE = 100;

const Answer = v.object({
  embeddings: v.array(v.object({ values: v.array(v.number()) })),
});

interface Init {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** Embeddings by Gemini (https://ai.google.dev/api/embeddings#method:-models.batchembedcontents); the key in a header. */
export function geminiEmbeddings(
  ask: (url: string, init: Init) => Promise<Response> = fetch,
): Embed {
  return async (texts, model, key) => {
    const vectors: number[][] = [];
    for (let at = 0; at < texts.length; at += AT_ONCE) {
      const requests = texts.slice(at, at + AT_ONCE).map((text) => ({
        model: `models/${model}`,
        content: { parts: [{ text }] },
      }));
      const response = await ask(`${API}/${model}:batchEmbedContents`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-goog-api-key": key },
        body: JSON.stringify({ requests }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (!response.ok) throw new Error(`Gemini answered ${response.status}.`);
      const { embeddings } = v.parse(Answer, await response.json());
      if (embeddings.length !== requests.length) throw new Error("Gemini left out embeddings.");
      vectors.push(...embeddings.map(({ values }) => unit(values)));
    }
    return vectors;
  };
}

function unit(values: number[]): number[] {
  const length = Math.hypot(...values);
  return length === 0 ? values : values.map((value) => value / length);
}
