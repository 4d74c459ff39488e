/** The one shape in which requests travel inside the local cloud, whoever sent them: a client, Cloud Tasks, a developer's port. */
import type { Readable } from "node:stream";

/** Name and value, in the order and the spelling in which they were sent. */
export type Headers = readonly (readonly [name: string, value: string])[];

export interface LocalRequest {
  readonly method: string;
  /** Absolute, with the real host name: `https://brain-123.us-central1.run.app/process`. */
  readonly url: URL;
  readonly headers: Headers;
  readonly body: Buffer | Readable;
  /** Aborted when the sender went away or its deadline passed. */
  readonly signal?: AbortSignal;
}

export interface LocalResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer | Readable;
  /** Why the front end refused the request: for the log of whoever sent it inside the local cloud. Not part of the answer. */
  readonly why?: string;
}

/** Answers a request. Never rejects for an HTTP error; rejects when no answer came (the connection broke, the signal aborted). */
export type Send = (request: LocalRequest) => Promise<LocalResponse>;

/** The value of the first header of that name, whatever its spelling. */
export function header(headers: Headers, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return headers.find(([key]) => key.toLowerCase() === wanted)?.[1];
}

/** The headers with every spelling of `name` replaced by one, or removed when no value is given. */
export function withHeader(headers: Headers, name: string, value?: string): Headers {
  const wanted = name.toLowerCase();
  const others = headers.filter(([key]) => key.toLowerCase() !== wanted);
  return value === undefined ? others : [...others, [name, value]];
}

/** The headers as Node's client needs them where they are given raw: it adds neither of these two by itself then. */
export function outgoingHeaders({ headers, url, body }: LocalRequest): Headers {
  const addressed = withHeader(headers, "Host", url.host);
  return Buffer.isBuffer(body)
    ? withHeader(addressed, "Content-Length", String(body.length))
    : addressed;
}

/** Node's flat `rawHeaders` list as pairs. */
export function headersOf(rawHeaders: readonly string[]): Headers {
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    pairs.push([rawHeaders[i] ?? "", rawHeaders[i + 1] ?? ""]);
  }
  return pairs;
}

/** The whole body. */
export async function bodyOf(message: { readonly body: Buffer | Readable }): Promise<Buffer> {
  if (Buffer.isBuffer(message.body)) return message.body;
  const chunks: Buffer[] = [];
  for await (const chunk of message.body as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The whole body, where it has no more bytes than that; else undefined, and the rest is left unread. */
export async function boundedBodyOf(
  { body }: { readonly body: Buffer | Readable },
  most: number,
): Promise<Buffer | undefined> {
  if (Buffer.isBuffer(body)) return body.length > most ? undefined : body;
  const chunks: Buffer[] = [];
  let length = 0;
  // Whose request is destroyed gets no answer.
  const pieces = body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const chunk of pieces) {
    length += chunk.length;
    if (length > most) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * The whole body, where it has no more bytes than that; else undefined. All of it is taken in, and no more kept than is
 * allowed: a sender that is cut off would not read the answer.
 */
export async function drainedBodyOf(
  { body }: { readonly body: Buffer | Readable },
  most: number,
): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of (Buffer.isBuffer(body) ? [body] : body) as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length <= most) pieces.push(piece);
    else pieces.length = 0;
  }
  return length > most ? undefined : Buffer.concat(pieces);
}

/** A sentence as an answer. */
export function textResponse(status: number, text: string, headers: Headers = []): LocalResponse {
  return {
    status,
    headers: [["content-type", "text/plain; charset=utf-8"], ...headers],
    body: Buffer.from(`${text}\n`),
  };
}

/** A JSON answer. */
export function jsonResponse(status: number, value: unknown, headers: Headers = []): LocalResponse {
  return {
    status,
    headers: [["content-type", "application/json; charset=utf-8"], ...headers],
    body: Buffer.from(JSON.stringify(value)),
  };
}
