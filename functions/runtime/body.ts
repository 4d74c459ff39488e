import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { HttpError } from "./errors.ts";

/** How much of a refused body is still read and thrown away, so that its sender gets to read the refusal. */
const MAX_DISCARD_BYTES = 1_048_576;
const MAX_DISCARD_MS = 2_000;

/** The client went away before its body was complete; there is nobody to answer. */
export class ClientGone extends Error {
  constructor() {
    super("The client went away.");
    this.name = "ClientGone";
  }
}

/** Refuses what is not plain `application/json` in UTF-8: 415. */
export function requireJson(headers: IncomingHttpHeaders): void {
  const [type = "", ...parameters] = (headers["content-type"] ?? "").toLowerCase().split(";");
  const field = "Content-Type";
  if (type.trim() !== "application/json") {
    throw unsupported("The Content-Type must be application/json.", field);
  }
  const charset = parameters.find((parameter) => parameter.trim().startsWith("charset="));
  if (charset !== undefined && !/^\s*charset="?utf-?8"?\s*$/.test(charset)) {
    throw unsupported("The charset must be utf-8.", field);
  }
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") {
    throw unsupported("A compressed body is not supported.", "Content-Encoding");
  }
}

function unsupported(message: string, field: string): HttpError {
  const headers = { accept: "application/json" };
  return new HttpError(415, "unsupported_media_type", message, { field, headers });
}

export function hasBody(headers: IncomingHttpHeaders): boolean {
  const length = headers["content-length"];
  return headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
}

/** Reads the whole body into memory; 413 as soon as it is announced or seen to be longer than `maxBytes`. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
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
