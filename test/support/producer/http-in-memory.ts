import type { HttpRequest, HttpResponse } from "../../../functions/runtime/http-client.ts";

/** A body that is written while it is read. */
export class Pipe implements AsyncIterable<Uint8Array> {
  readonly #chunks: Uint8Array[] = [];
  #error: Error | undefined;
  #isEnded = false;
  #changed = Promise.withResolvers<undefined>();
  readonly #onClose: (() => void)[] = [];

  get isOpen(): boolean {
    return !this.#isEnded;
  }

  write(chunk: Uint8Array | string): void {
    if (this.#isEnded) return;
    this.#chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
    this.#notify();
  }

  end(): void {
    this.#finish(undefined);
  }

  fail(message: string): void {
    this.#finish(new Error(message));
  }

  onClose(action: () => void): void {
    if (this.#isEnded) action();
    else this.#onClose.push(action);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) yield chunk;
      else if (this.#error !== undefined) throw this.#error;
      else if (this.#isEnded) return;
      else await this.#changed.promise;
    }
  }

  #finish(error: Error | undefined): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#error = error;
    for (const action of this.#onClose) action();
    this.#notify();
  }

  #notify(): void {
    const { resolve } = this.#changed;
    this.#changed = Promise.withResolvers();
    resolve(undefined);
  }
}

/** A response with that body, which ends with the request's signal. */
export function responseOf(
  request: HttpRequest,
  status: number,
  body: Pipe | string | object,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  const pipe = body instanceof Pipe ? body : new Pipe();
  if (!(body instanceof Pipe)) {
    pipe.write(typeof body === "string" ? body : JSON.stringify(body));
    pipe.end();
  }
  const abort = (): void => pipe.fail("The request was ended.");
  if (request.signal.aborted) abort();
  request.signal.addEventListener("abort", abort);
  pipe.onClose(() => request.signal.removeEventListener("abort", abort));
  return { status, headers, body: pipe, close: () => pipe.end(), release: () => pipe.end() };
}

/** The body that was sent, as text. */
export async function sentText({ body }: HttpRequest): Promise<string> {
  if (body === undefined || typeof body === "string") return body ?? "";
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

/** Settles with the action, or rejects with the signal, as a request does. */
export function unlessEnded<T>(signal: AbortSignal, action: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new Error("The request was ended."));
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener("abort", abort);
    action.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
