/** Answers of generateContent. */
import { createHash } from "node:crypto";
import { Dice } from "./dice.ts";
import { invalid } from "./errors.ts";
import type { ContentFault } from "./faults.ts";
import { HOSTILE_PICTURE, pictureOf } from "./image.ts";
import { isFields } from "./message.ts";
import type { Asked } from "./request.ts";
import { valueFor } from "./schema/value.ts";
import { HostileVoice, PlainVoice } from "./schema/voice.ts";
import { groundingMetadata, type Source } from "./search.ts";

/** About so many characters are a token: ai.google.dev/gemini-api/docs/tokens. */
const CHARACTERS_A_TOKEN = 4;
const TOKENS_OF_AN_IMAGE = 1290;
const THOUGHTS =
  "**Weighing the request**\n\nThis is a thought, no answer: whoever joins it to the text has no JSON.";
/** Characters of a hostile answer whose length nobody limits. */
const HOSTILE_CHARACTERS = 200_000;

/** Where a text is cut in parts. */
const MAX_PARTS = 4;

/** JSON for who wants some, and says not what. */
const ANY_JSON = {
  type: "object",
  properties: {
    summary: { type: "string" },
    points: { type: "array", items: { type: "string" }, minItems: 2 },
  },
};

/** Throws a GeminiError where the request cannot be answered. */
export function answerTo(
  asked: Asked,
  sources: readonly Source[],
  fault: ContentFault | undefined,
): object {
  const { image, includesThoughts } = asked;
  if (fault?.fault === "blocked") {
    return whole(asked, { promptFeedback: { blockReason: fault.reason } }, 0, 0);
  }
  if (fault?.fault === "no-candidates") return whole(asked, {}, 0, 0);
  const withThoughts = includesThoughts || fault?.fault === "thoughts";
  const thoughts = image === undefined ? tokens(THOUGHTS) : 0;
  const wanted = fault?.fault === "no-content" ? "" : textOf(asked, fault);
  const { text, finishReason } = finished(asked, wanted, thoughts, fault);
  const pictures = image !== undefined && text !== "" ? [pictured(asked, image, fault)] : [];
  const parts = [
    ...(withThoughts ? [{ text: THOUGHTS, thought: true }] : []),
    ...(image?.withText === false ? [] : partsOf(text, asked.seed)),
    ...pictures,
  ];
  const candidate = {
    content: { ...(parts.length > 0 && { parts }), role: "model" },
    finishReason,
    index: 0,
    ...(asked.searches && { groundingMetadata: groundingMetadata(asked.question, text, sources) }),
  };
  const made = tokens(text) + pictures.length * TOKENS_OF_AN_IMAGE;
  return whole(asked, { candidates: [candidate] }, made, thoughts);
}

function whole(
  { model, prompt, seed }: Asked,
  answer: object,
  candidatesTokenCount: number,
  thoughtsTokenCount: number,
): object {
  const promptTokenCount = tokens(prompt);
  return {
    ...answer,
    usageMetadata: {
      promptTokenCount,
      ...(candidatesTokenCount > 0 && { candidatesTokenCount }),
      totalTokenCount: promptTokenCount + candidatesTokenCount + thoughtsTokenCount,
      promptTokensDetails: [{ modality: "TEXT", tokenCount: promptTokenCount }],
      ...(thoughtsTokenCount > 0 && { thoughtsTokenCount }),
    },
    modelVersion: model,
    responseId: createHash("sha256").update(seed).digest("base64url").slice(0, 22),
  };
}

/** What the model would say if nobody stopped it. */
function textOf(asked: Asked, fault: ContentFault | undefined): string {
  const { seed, format, prompt, schema, maxOutputTokens } = asked;
  const dice = new Dice(seed);
  const plain = new PlainVoice(dice, prompt);
  if (fault?.fault === "answer") return fault.text;
  if (fault?.fault === "not-json") {
    return `Here is the JSON you asked for:\n\n\`\`\`json\n{"summary": "${plain.sentence()}",\n\`\`\`\n`;
  }
  const limit = maxOutputTokens === undefined ? Infinity : maxOutputTokens * CHARACTERS_A_TOKEN;
  const voice =
    fault?.fault === "hostile"
      ? new HostileVoice(dice, Math.min(HOSTILE_CHARACTERS, limit / 2))
      : plain;
  if (format === "text") {
    return voice === plain ? sentences(plain) : voice.text({ name: "", index: 0 });
  }
  const value = valueFor(schema ?? ANY_JSON, voice);
  const given = fault?.fault === "off-schema" ? misfit(value, schema) : value;
  if (format === "json") return JSON.stringify(given);
  if (typeof given === "string") return given;
  throw invalid("text/x.enum needs a response schema of type STRING with an enum.");
}

function sentences(voice: PlainVoice): string {
  return Array.from({ length: 4 }, () => voice.sentence()).join(" ");
}

/** Anything but what the schema wants: without what it requires, and of another type. */
function misfit(value: unknown, schema: unknown): unknown {
  if (!isFields(value)) return { unexpected: value };
  const required: readonly unknown[] =
    isFields(schema) && Array.isArray(schema.required) ? schema.required : [];
  const entries = Object.entries(value).filter(([name]) => name !== required[0]);
  if (entries.length === Object.keys(value).length) return [value];
  return Object.fromEntries([...entries, ["unexpected", ["value"]]]);
}

/** How it ends: by itself, at a stop sequence, at the limit of tokens, or as it was ordered. */
function finished(
  { maxOutputTokens = Infinity, stopSequences }: Asked,
  text: string,
  thoughts: number,
  fault: ContentFault | undefined,
): { text: string; finishReason: string } {
  if (fault?.fault === "finish") {
    const isCut = fault.reason === "MAX_TOKENS";
    return { text: isCut ? text.slice(0, text.length >> 1) : "", finishReason: fault.reason };
  }
  const stops = stopSequences.map((each) => (each === "" ? -1 : text.indexOf(each)));
  const stop = Math.min(...stops.filter((at) => at >= 0), text.length);
  // Thoughts count, too: little is enough for none but these.
  const most = Math.max(0, maxOutputTokens - thoughts) * CHARACTERS_A_TOKEN;
  return stop > most
    ? { text: text.slice(0, most), finishReason: "MAX_TOKENS" }
    : { text: text.slice(0, stop), finishReason: "STOP" };
}

/** Cut anywhere, also within a word or a number of the JSON. */
function partsOf(text: string, seed: string): readonly object[] {
  if (text === "") return [];
  const dice = new Dice(`${seed}\nparts`);
  const cuts = new Set([0, text.length]);
  for (let i = dice.int(MAX_PARTS); i > 0; i--) cuts.add(dice.int(text.length));
  const ordered = [...cuts].sort((a, b) => a - b);
  const parts = ordered.slice(1).map((cut, i) => text.slice(ordered[i], cut));
  const signature = Buffer.from(`signature of ${parts.length} parts`).toString("base64");
  return parts.map((part, i) => ({
    text: part,
    ...(i === parts.length - 1 && { thoughtSignature: signature }),
  }));
}

function pictured(
  { seed }: Asked,
  { aspectRatio }: { readonly aspectRatio: string },
  fault: ContentFault | undefined,
): object {
  const isHostile = fault?.fault === "hostile";
  const picture = isHostile ? HOSTILE_PICTURE : pictureOf(new Dice(seed), aspectRatio);
  return {
    inlineData: {
      mimeType: isHostile ? "image/svg+xml" : "image/png",
      data: picture.toString("base64"),
    },
  };
}

function tokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_A_TOKEN);
}
