import * as v from "valibot";
import { parsedJson } from "../json.ts";
import { GeminiError } from "./gemini-error.ts";

const Tokens = v.fallback(v.pipe(v.number(), v.integer(), v.minValue(0)), 0);

const Part = v.object({
  text: v.optional(v.string()),
  thought: v.optional(v.boolean(), false),
  inlineData: v.optional(v.object({ mimeType: v.string(), data: v.string() })),
});

// https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse
const Response = v.object({
  candidates: v.optional(
    v.array(
      v.object({
        content: v.optional(v.object({ parts: v.optional(v.array(Part), []) })),
        finishReason: v.optional(v.string()),
        groundingMetadata: v.optional(
          v.object({
            groundingChunks: v.optional(
              v.array(v.object({ web: v.optional(v.object({ uri: v.optional(v.string()) })) })),
              [],
            ),
          }),
        ),
      }),
    ),
    [],
  ),
  promptFeedback: v.optional(v.object({ blockReason: v.optional(v.string()) })),
  usageMetadata: v.optional(v.object({ totalTokenCount: Tokens }), { totalTokenCount: 0 }),
});

export interface Generated {
  /** All parts but thoughts, joined. */
  readonly text: string;
  /** The first picture. */
  readonly image: Buffer | undefined;
  /** Pages that the answer is grounded on. */
  readonly urls: readonly string[];
  /** Of the request and the answer, thoughts included. */
  readonly tokens: number;
}

/** Reasons are words of Google's, and may be anything where it is not Google that answers. */
function word(reason: string): string {
  return /^[A-Z_]{1,60}$/.test(reason) ? reason : "an unknown reason";
}

/** What Gemini answered with status 200. @throws GeminiError for one that was blocked, cut off or is empty */
export function readResponse(body: string): Generated {
  const read = v.safeParse(Response, parsedJson(body));
  if (!read.success) throw new GeminiError("Gemini's answer is not as documented.");
  const { candidates, promptFeedback, usageMetadata } = read.output;
  const [first] = candidates;
  const blocked = promptFeedback?.blockReason;
  if (first === undefined) {
    throw blocked === undefined
      ? new GeminiError("Gemini answered without a candidate.")
      : new GeminiError(`Gemini blocked the prompt: ${word(blocked)}.`, { isFinal: true });
  }
  const reason = first.finishReason ?? "STOP";
  if (reason === "MAX_TOKENS") {
    throw new GeminiError("Gemini's answer was cut off: MAX_TOKENS.");
  }
  if (reason !== "STOP") throw new GeminiError(`Gemini stopped answering: ${word(reason)}.`);
  const parts = (first.content?.parts ?? []).filter(({ thought }) => !thought);
  const data = parts.find(({ inlineData }) => inlineData !== undefined)?.inlineData;
  return {
    text: parts.map(({ text }) => text ?? "").join(""),
    image: data === undefined ? undefined : Buffer.from(data.data, "base64"),
    urls: (first.groundingMetadata?.groundingChunks ?? []).flatMap(({ web }) => web?.uri ?? []),
    tokens: usageMetadata.totalTokenCount,
  };
}
