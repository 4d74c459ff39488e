/** A stand-in Gemini whose time is moved by hand, and what asks it. */
import { ManualClock } from "../../../../local/clock.ts";
import { bodyOf, type Headers } from "../../../../local/http/message.ts";
import type { LogEntry } from "../../../../local/log.ts";
import { GEMINI_HOST } from "../../../../local/outside/gemini/host.ts";
import { Gemini, type GeminiOptions } from "../../../../local/outside/gemini/index.ts";

export const KEY = "AIza-a-key-of-a-test";
export const MODEL = "gemini-3.6-flash";
export const EMBEDDING = "gemini-embedding-001";

export interface Part {
  readonly text?: string;
  readonly thought?: boolean;
  readonly thoughtSignature?: string;
  readonly inlineData?: { readonly mimeType: string; readonly data: string };
}

export interface Generated {
  readonly candidates?: readonly {
    readonly content: { readonly parts?: readonly Part[]; readonly role: string };
    readonly finishReason: string;
    readonly groundingMetadata?: {
      readonly groundingChunks: readonly { readonly web: { readonly uri: string } }[];
      readonly groundingSupports: readonly {
        readonly segment: { startIndex?: number; endIndex: number; text: string };
      }[];
      readonly webSearchQueries: readonly string[];
    };
  }[];
  readonly promptFeedback?: { readonly blockReason: string };
  readonly usageMetadata: Readonly<Record<string, number>>;
  readonly modelVersion: string;
  readonly responseId: string;
}

export interface Refused {
  readonly error: {
    readonly code: number;
    readonly message: string;
    readonly status: string;
    readonly details?: readonly Readonly<Record<string, unknown>>[];
  };
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Headers;
  readonly query?: string;
  readonly signal?: AbortSignal;
}

export class SmallGemini {
  readonly clock = new ManualClock();
  readonly log: LogEntry[] = [];
  readonly gemini: Gemini;

  constructor(options: Partial<GeminiOptions> = {}) {
    const log = (entry: LogEntry): void => void this.log.push(entry);
    this.gemini = new Gemini({ log, clock: this.clock, ...options });
  }

  /** A string is sent as it is. */
  async ask(path: string, body: unknown, asking: Asking = {}) {
    const { method = "POST", headers = [["x-goog-api-key", KEY]], query = "", signal } = asking;
    const response = await this.gemini.send({
      method,
      url: new URL(`https://${GEMINI_HOST}${path}${query}`),
      headers,
      body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
      ...(signal !== undefined && { signal }),
    });
    return { status: response.status, text: (await bodyOf(response)).toString() };
  }

  /** The answer of generateContent to the text. */
  async generate(text: string, config: object = {}, model = MODEL, more: object = {}) {
    const body = { ...asked(text, config), ...more };
    const answer = await this.ask(`/v1beta/models/${model}:generateContent`, body);
    return { status: answer.status, body: JSON.parse(answer.text) as Generated };
  }

  /** Its JSON, by the schema. */
  async json(schema: object, text = "Tell of Norway and of Solar power.") {
    return JSON.parse(textOf((await this.generate(text, jsonBy(schema))).body)) as unknown;
  }

  async refusal(config: object, model = MODEL, more: object = {}): Promise<Refused["error"]> {
    const { body } = await this.generate("Hello", config, model, more);
    return (body as unknown as Refused).error;
  }
}

export function asked(text: string, generationConfig: object = {}) {
  return { contents: [{ role: "user", parts: [{ text }] }], generationConfig };
}

export function jsonBy(responseJsonSchema: object) {
  return { responseMimeType: "application/json", responseJsonSchema };
}

/** As a client puts it together: all parts that are no thoughts. */
export function textOf({ candidates }: Generated): string {
  return (candidates?.[0]?.content.parts ?? [])
    .filter(({ thought }) => thought !== true)
    .map(({ text = "" }) => text)
    .join("");
}
