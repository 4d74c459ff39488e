import http from "node:http";
import https from "node:https";
import type { IncomingHttpHeaders } from "node:http";
import { pipeline } from "node:stream/promises";

/** A request whose headers are just these, but for Host, Connection and what says where the body ends. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Text goes out with its length, a stream in chunks. Default: none. */
  readonly body?: string | AsyncIterable<Uint8Array | string>;
  /** Sends text in one chunk, without its length. Default: false. */
  readonly isChunked?: boolean;
  /** Ends the request, and the response if there is one, with an error. */
  readonly signal: AbortSignal;
}

/** A response whose body is yet to be read, or closed. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends the connection unless the body was read to its end. */
  close(): void;
  /** The same, a moment later: a body that ends by itself meanwhile leaves its connection to the next request. */
  release(): void;
}

/** An end that was sent is here by then; nobody waits for it. */
const RELEASE_MS = 10;

/** Resolves with the head of the response, whatever its status; rejects where there is none. */
export type Send = (request: HttpRequest) => Promise<HttpResponse>;

/** Node's own client: fetch would add headers, unpack bodies, and give up a body that is silent for 5 minutes. */
export const send: Send = async ({ method, url, headers, body, isChunked = false, signal }) => {
  const isText = typeof body === "string";
  const client = url.startsWith("https:") ? https : http;
  const request = client.request(url, {
    method,
    signal,
    headers: { ...headers, ...(isText && frameOf(body, isChunked)) },
  });
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  request.on("response", resolve).on("error", reject);
  if (isText || body === undefined) request.end(body);
  // What goes wrong with it goes wrong with the request, whose handler is above.
  else pipeline(body, request).catch(reject);
  const response = await promise;
  // One that is closed before its end says so to whoever reads it, and else to nobody.
  response.on("error", () => undefined);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: response as AsyncIterable<Uint8Array>,
    close: () => void response.destroy(),
    release: () => {
      const timer = setTimeout(() => response.destroy(), RELEASE_MS);
      response.once("close", () => clearTimeout(timer));
      // Whoever stopped reading has left its listener, which would hold up the rest.
      response.removeAllListeners("readable").resume();
    },
  };
};

function frameOf(text: string, isChunked: boolean): Readonly<Record<string, string>> {
  return isChunked
    ? { "transfer-encoding": "chunked" }
    : { "content-length": String(Buffer.byteLength(text)) };
}
