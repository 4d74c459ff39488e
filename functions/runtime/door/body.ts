import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { HttpError } from "../errors.ts";
import type { Source } from "./visit.ts";

/** How much of a refused body is still read and thrown away, so that its sender gets to read the refusal. */
const MAX_DISCARD_BYTES = 1_048_576;
const MAX_DISCARD_MS = 2_000;

const JSON_TYPE = "application/json";

/** The client went away before its body was complete; there is nobody to answer. */
export class ClientGone extends Error {
  constructor() {
    super("The client went away.");
    this.name = "ClientGone";
  }
}

/** Refuses what is not plain `application/json` in UTF-8: 415. */
function requireJson(headers: IncomingHttpHeaders): void {
  const [type = "", ...parameters] = (headers["content-type"] ?? "").toLowerCase().split(";");
  const field = "Content-Type";
  if (type.trim() !== JSON_TYPE) {
    throw unsupported("The Content-Type must be application/json.", field, JSON_TYPE);
  }
  const charset = parameters.find((parameter) => parameter.trim().startsWith("charset="));
  if (charset !== undefined && !/^\s*charset="?utf-?8"?\s*$/.test(charset)) {
    throw unsupported("The charset must be utf-8.", field, JSON_TYPE);
  }
  requirePlain(headers, JSON_TYPE);
}

/** Refuses a compressed body: 415. `accept` is what would be taken. */
export function requirePlain(headers: IncomingHttpHeaders, accept: string): void {
  const encoding = headers["content-encoding"];
  if (encoding === undefined || encoding.toLowerCase() === "identity") return;
  throw unsupported("A compressed body is not supported.", "Content-Encoding", accept);
}

/** A body of a type that is not taken here: 415. `accept` is what would be. */
export function unsupported(message: string, field: string, accept: string): HttpError {
  return new HttpError(415, "unsupported_media_type", message, { field, headers: { accept } });
}

export function hasBody(headers: IncomingHttpHeaders): boolean {
  const length = headers["content-length"];
  return headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
}

/** The whole body of a request whose type is JSON, unparsed: 413, 415. */
export async function readJson(source: Source, maxBytes: number): Promise<Buffer> {
  requireJson(source.headers);
  return readBody(source, maxBytes);
}

/** Reads the whole body into memory; 413 as soon as it is announced or seen to be longer than `maxBytes`. */
export function readBody(request: Source, maxBytes: number): Promise<Buffer> {
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > maxBytes) return Promise.reject(tooLarge(maxBytes));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let received = 0;
    const settle = (finish: () => void): void => {
      request.off("data", onData).off("end", onEnd).off("close", onClose);
      finish();
    };
    const onData = (chunk: Buffer): void => {
      received += chunk.length;
      if (received > maxBytes) settle(() => reject(tooLarge(maxBytes)));
      else chunks.push(chunk);
    };
    const onEnd = (): void =>
      settle(() =>
        resolve(chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks)),
      );
    const onClose = (): void => settle(() => reject(new ClientGone()));
    request.on("data", onData).on("end", onEnd).on("close", onClose);
  });
}

/** The body of a request as it comes, which costs more than to read it whole; 413 as soon as it is announced or seen to be longer than `maxBytes`. */
export async function* streamBody(source: Source, maxBytes: number): AsyncGenerator<Buffer> {
  if (Number(source.headers["content-length"] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  let received = 0;
  // What is left of a body that nobody reads to its end is for discardBody.
  const chunks = source.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
  try {
    for await (const chunk of chunks) {
      received += chunk.length;
      if (received > maxBytes) throw tooLarge(maxBytes);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof HttpError ? error : new ClientGone();
  }
}

function tooLarge(maxBytes: number): HttpError {
  return new HttpError(413, "body_too_large", `The body is larger than ${maxBytes} bytes.`);
}

/**
 * Reads and forgets what is left of a body, within bounds, then calls `finish`. Closing a connection with unread bytes
 * resets it, and the client may lose the answer that was already written.
 */
export function discardBody(request: IncomingMessage, finish: () => void): void {
  let left = MAX_DISCARD_BYTES;
  const timer = setTimeout(stop, MAX_DISCARD_MS);
  function stop(): void {
    clearTimeout(timer);
    request.off("data", onData).off("end", stop).off("close", stop);
    finish();
    if (!request.complete) request.destroy();
  }
  function onData(chunk: Buffer): void {
    left -= chunk.length;
    if (left < 0) stop();
  }
  request.on("data", onData).on("end", stop).on("close", stop);
}
