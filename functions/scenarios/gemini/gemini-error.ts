/** Gemini gave no answer that can be used. The message names why, and no key. */
export class GeminiError extends Error {
  /** Asking again would end the same way. */
  readonly isFinal: boolean;
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, options: { isFinal?: boolean; retryAfterSeconds?: number } = {}) {
    super(message);
    this.name = "GeminiError";
    this.isFinal = options.isFinal ?? false;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
