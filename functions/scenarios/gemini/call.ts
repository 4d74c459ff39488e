import { GeminiError } from "./gemini-error.ts";
import { refusalOf } from "./refusal.ts";

export const GEMINI_ORIGIN = "https://generativelanguage.googleapis.com";

const ATTEMPTS = 3;
const FIRST_WAIT_SECONDS = 1;
const LONGEST_WAIT_SECONDS = 30;
const TIMEOUT_SECONDS = 60;

export interface PostRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

export interface Posted {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

/** What asking Gemini needs from the world. */
export interface GeminiPorts {
  /** Sends one request; rejects where no whole answer comes in time, or it is too large. */
  readonly post: (request: PostRequest) => Promise<Posted>;
  readonly wait: (seconds: number, signal?: AbortSignal) => Promise<void>;
  /** 0 to 1. */
  readonly random: () => number;
}

export interface GeminiCall {
  /** `gemini-3.6-flash` */
  readonly model: string;
  readonly key: string;
  readonly body: unknown;
  readonly signal: AbortSignal;
}

/**
 * Asks Gemini and returns what it answers with 200. Tries again, after what it asks to wait, where that may help.
 * The key is in a header, and in no message: whatever repeats it gets another word in its place. @throws GeminiError
 */
export async function callGemini(call: GeminiCall, ports: GeminiPorts): Promise<string> {
  const { model, key, body, signal } = call;
  const request: PostRequest = {
    url: `${GEMINI_ORIGIN}/v1beta/models/${model}:generateContent`,
    headers: { "content-type": "application/json", "x-goog-api-key": key },
    body: JSON.stringify(body),
    timeoutSeconds: TIMEOUT_SECONDS,
    signal,
  };
  for (let attempt = 1; ; attempt += 1) {
    const answer = await answerTo(request, key, ports);
    if (typeof answer === "string") return answer;
    const { isFinal, retryAfterSeconds: asked } = answer;
    const isTooLong = asked !== undefined && asked > LONGEST_WAIT_SECONDS;
    if (isFinal || isTooLong || attempt === ATTEMPTS) throw answer;
    const backoff = FIRST_WAIT_SECONDS * 2 ** (attempt - 1) * (0.5 + ports.random());
    await ports.wait(asked ?? Math.min(LONGEST_WAIT_SECONDS, backoff), signal);
  }
}

async function answerTo(
  request: PostRequest,
  key: string,
  { post }: GeminiPorts,
): Promise<string | GeminiError> {
  let posted: Posted;
  try {
    posted = await post(request);
  } catch {
    request.signal.throwIfAborted();
    // What a network says of itself may name hosts and proxies: nobody outside needs it.
    return new GeminiError("Gemini could not be reached, or did not answer in time.");
  }
  const body = posted.body.replaceAll(key, "[key]");
  if (posted.status === 200) return body;
  return refusalOf(posted.status, body, posted.retryAfter);
}
