import { jsonSchemaOf } from "./json-schema.ts";
import type { Known } from "./json-schema.ts";
import type * as v from "valibot";

const MAX_OUTPUT_TOKENS = 16_384;

interface Told {
  /** Who the model is and what it must not do. */
  readonly instruction: string;
  readonly prompt: string;
  readonly temperature: number;
  readonly seed?: number | null;
}

/** A question whose answer is JSON of a form. */
export function jsonRequest(
  { instruction, prompt, temperature, seed }: Told,
  answer: v.GenericSchema,
  known?: Known,
): Record<string, unknown> {
  return {
    systemInstruction: { parts: [{ text: instruction }] },
    contents: [{ role: "user", parts: [{ text: prompt }] }],
    generationConfig: {
      temperature,
      maxOutputTokens: MAX_OUTPUT_TOKENS,
      candidateCount: 1,
      responseMimeType: "application/json",
      responseJsonSchema: jsonSchemaOf(answer, known),
      ...(typeof seed === "number" && { seed }),
    },
  };
}

/** A question to be answered from pages that Google finds. */
export function searchRequest(prompt: string): Record<string, unknown> {
  return {
    contents: [{ role: "user", parts: [{ text: prompt }] }],
    tools: [{ google_search: {} }],
    generationConfig: { temperature: 0, maxOutputTokens: MAX_OUTPUT_TOKENS, candidateCount: 1 },
  };
}

/** A picture. */
export function imageRequest(prompt: string): Record<string, unknown> {
  return {
    contents: [{ role: "user", parts: [{ text: prompt }] }],
    generationConfig: { responseModalities: ["IMAGE"], candidateCount: 1 },
  };
}
