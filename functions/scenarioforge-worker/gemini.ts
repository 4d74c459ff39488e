import { callGemini } from "../scenarios/gemini/call.ts";
import type { GeminiPorts } from "../scenarios/gemini/call.ts";
import { GeminiError } from "../scenarios/gemini/gemini-error.ts";
import { imageRequest, jsonRequest, searchRequest } from "../scenarios/gemini/requests.ts";
import { readResponse } from "../scenarios/gemini/response.ts";
import type { Generated } from "../scenarios/gemini/response.ts";
import { parsedJson, prettyJson } from "../scenarios/json.ts";
import { INSTRUCTION, QUESTIONS } from "../scenarios/prompts/index.ts";
import type { Question } from "../scenarios/prompts/question.ts";
import type { Settings } from "../scenarios/request.ts";
import type { Writer } from "./ask.ts";
import { horizonInWords } from "./brief.ts";
import type { Brief } from "./brief.ts";
import { NodeFailure } from "./failure.ts";
import type { Found, Work } from "./nodes/node.ts";
import type { Spending } from "./spending.ts";

interface Session {
  readonly brief: Brief;
  readonly settings: Settings;
  /** Undefined: there is none, which is said when it is needed. */
  readonly key: string | undefined;
  readonly spending: Spending;
  readonly signal: AbortSignal;
}

export interface Gemini {
  readonly write: Writer;
  readonly search: (query: string) => Promise<Found>;
  readonly paint: Work["paint"];
}

/** Of the pages that a search finds. */
const MAX_URLS = 5;
/** A grounding link leads through Google's own redirect, and is not the page's address. */
const REDIRECT_HOST = "vertexaisearch.cloud.google.com";
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47]);
const MAX_IMAGE_BYTES = 8_388_608;

/** Gemini as it answers the nodes of one attempt. */
export function geminiOf(session: Session, ports: GeminiPorts): Gemini {
  const { settings } = session;
  const generate = async (model: string, body: unknown): Promise<Generated> => {
    const { key, spending, signal } = session;
    if (key === undefined) {
      const message = "No API key found. Provide in UI or set GEMINI_API_KEY in Cloud Run.";
      throw new NodeFailure(message, { isFinal: true });
    }
    spending.request();
    try {
      const call = { model, key, body, signal };
      const generated = readResponse(await callGemini(call, ports));
      spending.tokens(generated.tokens);
      return generated;
    } catch (error) {
      if (!(error instanceof GeminiError)) throw error;
      throw new NodeFailure(error.message, error);
    }
  };
  return {
    write: async (name, about, problems) => {
      const question: Question<typeof name> = QUESTIONS[name];
      const prompt = promptOf(question.prompt, about, problems, session.brief);
      const { temperature, seed } = settings;
      const told = { instruction: INSTRUCTION, prompt, temperature, seed };
      const body = jsonRequest(told, question.answer, question.known?.(about));
      return parsedJson((await generate(settings.llm_model, body)).text);
    },
    search: async (query) => {
      const prompt = `Find current public web pages on this, and say in short what each says: ${query}`;
      const { text, urls } = await generate(settings.search_model, searchRequest(prompt));
      const all = [...urls, ...(text.match(/https?:\/\/[^\s<>"'()[\]]+/g) ?? [])];
      const pages = all.filter((url) => URL.canParse(url) && new URL(url).host !== REDIRECT_HOST);
      return { text, urls: [...new Set(pages)].slice(0, MAX_URLS) };
    },
    paint: async (prompt) => {
      if (settings.image_model === "off") return undefined;
      const { image } = await generate(settings.image_model, imageRequest(prompt));
      if (image === undefined) throw new NodeFailure("Gemini made no picture.");
      const isPng = image.subarray(0, PNG.length).equals(PNG) && image.length <= MAX_IMAGE_BYTES;
      if (!isPng) throw new NodeFailure("Gemini made no PNG of a size that can be kept.");
      return image;
    },
  };
}

/** Everything that is not ours stands in one JSON document behind the prompt. */
export function promptOf(
  prompt: string,
  about: unknown,
  problems: readonly string[],
  { company, geography, scope, value, horizonMonths, createdAt }: Brief,
): string {
  const context = {
    brief: {
      company,
      geography,
      scope,
      value,
      time_horizon: horizonInWords(horizonMonths),
      current_date: createdAt.slice(0, 10),
    },
    ...(typeof about === "object" ? about : {}),
    ...(problems.length > 0 && { problems_of_your_last_answer: problems }),
  };
  return `${prompt}\n\nContext:\n${prettyJson(context)}`;
}
