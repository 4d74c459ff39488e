import type {
  GeminiPorts,
  Posted,
  PostRequest,
} from "../../../../functions/scenarios/gemini/call.ts";

export const KEY = "canary-key-0123456789";

/** An answer as Gemini gives it. */
export function saying(text: string, more: object = {}): Posted {
  const candidate = {
    content: { role: "model", parts: [{ text }] },
    finishReason: "STOP",
    ...more,
  };
  return posted(200, { candidates: [candidate], usageMetadata: { totalTokenCount: 7 } });
}

export function posted(status: number, body: unknown, retryAfter?: string): Posted {
  return { status, retryAfter, body: typeof body === "string" ? body : JSON.stringify(body) };
}

/** A Gemini that answers what it was told to, one after the other, and the last again and again. */
export class ScriptedGemini implements GeminiPorts {
  readonly asked: PostRequest[] = [];
  readonly waited: number[] = [];
  readonly #answers: (Posted | Error)[];

  constructor(...answers: (Posted | Error)[]) {
    this.#answers = answers;
  }

  post = (request: PostRequest): Promise<Posted> => {
    this.asked.push(request);
    const answer = this.#answers[Math.min(this.asked.length, this.#answers.length) - 1];
    if (answer === undefined) return Promise.reject(new Error("Nobody answers."));
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };

  readonly wait = (seconds: number): Promise<void> => {
    this.waited.push(seconds);
    return Promise.resolve();
  };

  readonly random = (): number => 0.5;
}
