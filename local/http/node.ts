/** The local cloud's requests and answers on Node's HTTP server and client. */
import {
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type RequestListener,
  type RequestOptions,
  type ServerResponse,
} from "node:http";
import { request as httpsRequest, type RequestOptions as HttpsOptions } from "node:https";
import { finished, pipeline, type Readable } from "node:stream";
import {
  header,
  headersOf,
  outgoingHeaders,
  type Headers,
  type LocalRequest,
  type LocalResponse,
  type Send,
} from "./message.ts";
import { refuse, reporter } from "./server.ts";
import type { Log } from "../log.ts";
import { PatientAgent } from "./patient-agent.ts";
import { urlOf } from "./request-target.ts";

/** Headers that belong to one connection and are not passed on; RFC 9110, 7.6.1. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const NO_BODY = Buffer.alloc(0);

/** Idle connections are kept as long as Node's own agent keeps them. */
const AGENT = new PatientAgent({ keepAlive: true, timeout: 5000 });

/** Whoever has an answer and does not end its request is let go after this. */
const LINGER_MS = 10_000;

/** Serves a server's requests by `send`. `target` is the real URL that one is for; undefined where it names none. */
export function listener(
  target: (incoming: IncomingMessage) => URL | undefined,
  send: Send,
  log: Log,
  lingerMs = LINGER_MS,
): RequestListener {
  const report = reporter({ name: "HTTP", source: "gateway", log });
  return (incoming, outgoing) => {
    const gone = new AbortController();
    outgoing.once("close", () => {
      if (!outgoing.writableFinished) gone.abort();
    });
    const url = target(incoming);
    if (url === undefined) {
      const named = JSON.stringify((incoming.url ?? "").slice(0, 200));
      refuse(outgoing, 400, `${named} is no target of a request.`, report);
      return;
    }
    const cut = (reason: string): void => {
      outgoing.destroy();
      incoming.destroy();
      report(`Cut off ${request.method} ${url.origin}${url.pathname}: ${reason}`);
    };
    outgoing.once("finish", () => {
      if (incoming.complete) return;
      const reason = "it was answered, and did not end";
      const timer = setTimeout(() => cut(reason), lingerMs).unref();
      incoming.once("close", () => clearTimeout(timer));
    });
    const request: LocalRequest = {
      method: incoming.method ?? "GET",
      url,
      headers: passedOn(incoming.rawHeaders),
      body: hasBody(incoming) ? incoming : NO_BODY,
      signal: gone.signal,
    };
    send(request)
      .then((response) => answer(outgoing, response))
      // Nobody is left to answer, or it cannot be written down: the sender sees a broken connection.
      .catch((error: unknown) => {
        if (gone.signal.aborted) outgoing.destroy();
        else cut(error instanceof Error ? error.message : String(error));
      });
  };
}

/** The URL of a request that came through the gateway, which has ended its TLS and looked at its Host header. */
export function urlThroughGateway(incoming: IncomingMessage): URL | undefined {
  return urlOf(incoming, `https://${incoming.headers.host ?? ""}`);
}

function answer(outgoing: ServerResponse, { status, headers, body }: LocalResponse): void {
  outgoing.writeHead(status, headers.flat());
  if (Buffer.isBuffer(body)) outgoing.end(body);
  else pipeline(body, outgoing, () => undefined);
}

/** For bodies that stream: each connection is new, and serves one request. */
const NEW_CONNECTIONS = new PatientAgent({ keepAlive: false });

/**
 * Sends the request to a server on this machine and returns the answer's head, which may come before the request's end.
 * Rejects when the connection breaks without one.
 *
 * A server may close a connection that was kept at the moment in which it is used again. Then it has never read the
 * request, which is sent once more, on a new connection; unless `mayRepeat` knows better, since a server that read the
 * request and broke off looks the same. A body that streams could not be sent again, so it gets a new connection at once.
 */
export async function exchange(
  request: LocalRequest,
  to: RequestOptions,
  mayRepeat = (): Promise<boolean> => Promise.resolve(true),
): Promise<IncomingMessage> {
  const anew = { ...to, agent: NEW_CONNECTIONS };
  if (!Buffer.isBuffer(request.body)) return attempt(request, anew);
  try {
    return await attempt(request, { agent: AGENT, ...to });
  } catch (error) {
    if (error instanceof KeptConnectionBroke && (await mayRepeat())) return attempt(request, anew);
    throw error;
  }
}

/** A connection that had served before broke when a request was sent on it, without any of an answer. */
class KeptConnectionBroke extends Error {
  override readonly name = "KeptConnectionBroke";
}

/** Sends the request once, by HTTPS where `to` says so. */
export function attempt(request: LocalRequest, to: HttpsOptions): Promise<IncomingMessage> {
  const { method, body, signal } = request;
  return new Promise((resolve, reject) => {
    const send = to.protocol === "https:" ? httpsRequest : httpRequest;
    const outgoing = send({
      ...to,
      method,
      headers: framed(request).flat(),
      ...(signal && { signal }),
    });
    let readBefore = 0;
    outgoing.once("socket", ({ bytesRead }) => {
      readBefore = bytesRead;
    });
    const broke = (error: NodeJS.ErrnoException): void => {
      const isSilent = error.code === "ECONNRESET" && outgoing.socket?.bytesRead === readBefore;
      reject(
        outgoing.reusedSocket && isSilent
          ? new KeptConnectionBroke(error.message, { cause: error })
          : error,
      );
    };
    outgoing.once("response", (incoming) => {
      if (isFinal(incoming)) {
        // Whoever has answered in full and reads no more would hold the connection, and this process, for ever.
        incoming.once("end", () => {
          if (!outgoing.writableFinished) outgoing.destroy();
        });
        resolve(incoming);
        return;
      }
      incoming.destroy();
      reject(new Error(`it answered with the status ${incoming.statusCode ?? 0}`));
    });
    outgoing.on("error", broke);
    // A switch of protocols ends the request without a response or an error.
    outgoing.once("close", () => reject(new Error("it closed the connection without an answer")));
    if (Buffer.isBuffer(body)) outgoing.end(body);
    else stream(body, outgoing);
  });
}

/** Where the server reads no more, the rest is read all the same and forgotten: its sender is to get the answer. */
function stream(body: Readable, outgoing: ClientRequest): void {
  finished(body, (error) => {
    if (error) outgoing.destroy(error);
  });
  outgoing.once("close", () => body.unpipe(outgoing).resume());
  body.pipe(outgoing);
}

/** Whether the status is one that an answer may end with; RFC 9110, 15. */
function isFinal({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 200 && statusCode <= 599;
}

/** Sends the request to a program at `base` on this machine, path and query kept. Rejects when it does not answer. */
export async function forward(request: LocalRequest, base: URL): Promise<LocalResponse> {
  const incoming = await exchange(request, {
    host: base.hostname.replaceAll(/^\[|\]$/g, ""),
    port: base.port,
    path: `${base.pathname.replace(/\/$/, "")}${request.url.pathname}${request.url.search}`,
  });
  return responseOf(incoming);
}

/** An answer from Node's client; its body streams. */
export function responseOf(incoming: IncomingMessage): LocalResponse {
  return {
    status: incoming.statusCode ?? 502,
    headers: passedOn(incoming.rawHeaders),
    body: incoming,
  };
}

/** A request has a body exactly when one of these is there; RFC 9112, 6.3. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}

/** Node leaves a streamed body of GET or DELETE without a frame, and the other side reads it as the next request. */
function framed(request: LocalRequest): Headers {
  const headers = outgoingHeaders(request);
  if (header(headers, "Content-Length") !== undefined) return headers;
  return [...headers, ["Transfer-Encoding", "chunked"]];
}

function passedOn(rawHeaders: readonly string[]): Headers {
  return headersOf(rawHeaders).filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()));
}
