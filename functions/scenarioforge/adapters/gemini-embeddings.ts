import * as v from "valibot";
import { postToGemini } from "../../scenarios/adapters/gemini-post.ts";
import { GEMINI_ORIGIN, type GeminiPorts } from "../../scenarios/gemini/call.ts";
import { parsedJson } from "../../scenarios/json.ts";
import type { Embed } from "../ports.ts";

const API = `${GEMINI_ORIGIN}/v1beta/models`;
const TIMEOUT_SECONDS = 20;
/** For all requests together: somebody waits for an answer to a question. */
const PATIENCE_MS = 30_000;
const AT_ONCE = 100;

const Answer = v.object({
  embeddings: v.array(v.object({ values: v.array(v.number()) })),
});

/** Embeddings by Gemini (https://ai.google.dev/api/embeddings#method:-models.batchembedcontents); the key in a header. */
export function geminiEmbeddings(post: GeminiPorts["post"] = postToGemini): Embed {
  return async (texts, model, key) => {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const vectors: number[][] = [];
    for (let at = 0; at < texts.length; at += AT_ONCE) {
      const requests = texts.slice(at, at + AT_ONCE).map((text) => ({
        model: `models/${model}`,
        content: { parts: [{ text }] },
      }));
      const { status, body } = await post({
        url: `${API}/${model}:batchEmbedContents`,
        headers: { "content-type": "application/json", "x-goog-api-key": key },
        body: JSON.stringify({ requests }),
        timeoutSeconds: TIMEOUT_SECONDS,
        signal,
      });
      if (status !== 200) throw new Error(`Gemini answered ${status}.`);
      const { embeddings } = v.parse(Answer, parsedJson(body));
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
