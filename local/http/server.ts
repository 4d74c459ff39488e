/**
 * Node's HTTP server as every listener of the local cloud is: whoever keeps it waiting is let go, and nobody is refused
 * or cut off without a line in the log.
 */
import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { Duplex } from "node:stream";
import type { Log } from "../log.ts";
import { andMore, Repeats } from "../repeats.ts";

export interface HttpLimits {
  /** Milliseconds for the head of a request, and for the first one to begin. Default 30 s: on one machine it takes one. */
  readonly headersMs?: number;
  /** Milliseconds for all of a request. Default an hour, as long as Cloud Run lets a request take. */
  readonly requestMs?: number;
  /** Milliseconds from one look at these times to the next. Default 5 s. */
  readonly checkMs?: number;
  /** Connections at a time. Default 1000. */
  readonly connections?: number;
}

export interface HttpServerOptions {
  /** What answers here, for the log: `the developer port of …`. */
  readonly name: string;
  /** Who speaks in the log. */
  readonly source: string;
  readonly log: Log;
  readonly serve: RequestListener;
  readonly limits?: HttpLimits | undefined;
}

const DEFAULTS = { headersMs: 30_000, requestMs: 3_600_000, checkMs: 5000, connections: 1000 };

/**
 * Milliseconds: Google's front ends keep an idle connection as long
 * (docs.cloud.google.com/load-balancing/docs/https#timeouts_and_retries). A client that keeps it shorter, as all do, never
 * meets the close on its way.
 */
export const IDLE_MS = 610_000;

/** Headers of a Cloud Tasks task alone may take 80 KB. */
const MAX_HEADER_BYTES = 128 * 1024;

export function createHttpServer({ limits, ...options }: HttpServerOptions): Server {
  const { headersMs, requestMs, checkMs, connections } = { ...DEFAULTS, ...limits };
  const report = reporter(options);
  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: checkMs,
      keepAliveTimeout: IDLE_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      // Node would refuse such a request by itself, without a word.
      requireHostHeader: false,
    },
    (incoming, outgoing) => {
      const problem = hostProblem(incoming);
      if (problem === undefined) options.serve(incoming, outgoing);
      else refuse(outgoing, 400, problem, report);
    },
  );
  server.maxConnections = connections;
  server.on("drop", () => {
    report(`Refused a connection: there are ${connections} already`);
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    answerUnreadable(error, socket, report);
  });
  // The proxy listens itself; elsewhere Node would cut the connection.
  server.on("connect", ({ url = "" }: IncomingMessage, socket: Duplex) => {
    if (server.listenerCount("connect") > 1) return;
    report(`Refused CONNECT to ${url.slice(0, 200)}`);
    end(socket, 405, "This is no proxy.");
  });
  return server;
}

/** Says a sentence to the client and to the log. The connection ends with it. */
export function refuse(
  outgoing: ServerResponse,
  status: number,
  sentence: string,
  report: (message: string) => void,
): void {
  report(`Answered ${status}: ${sentence}`);
  outgoing.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    connection: "close",
  });
  outgoing.end(`${sentence}\n`);
}

/** Logs what a server refuses. What is refused again and again is said once a second. */
export function reporter({
  name,
  source,
  log,
}: Pick<HttpServerOptions, "name" | "source" | "log">): (message: string) => void {
  const repeats = new Repeats();
  return (message) => {
    const heldBack = repeats.say(message, Date.now());
    if (heldBack === undefined) return;
    log({ source, severity: "WARNING", message: `${name}: ${message}${andMore(heldBack)}` });
  };
}

/** RFC 9112, 3.2: a request with more than one Host, or of HTTP/1.1 with none, is answered 400. */
function hostProblem({ headersDistinct, httpVersion }: IncomingMessage): string | undefined {
  const hosts = headersDistinct.host?.length ?? 0;
  if (hosts > 1) return "A request has one Host header.";
  return hosts === 0 && httpVersion === "1.1" ? "A request has a Host header." : undefined;
}

/** What came is no request, or did not come to its end in time. */
function answerUnreadable(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  report: (message: string) => void,
): void {
  // The client has gone by itself.
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const [status, sentence] = unreadable(error);
  report(`Answered ${status}: ${sentence}`);
  end(socket, status, sentence);
}

function unreadable({ code, message }: NodeJS.ErrnoException): [status: number, sentence: string] {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return [431, "The headers are too large."];
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return [408, "The request did not arrive in time."];
    default:
      return [400, `This is not a valid HTTP request (${message}).`];
  }
}

/** Answers by hand and lets go, whether or not the other side closes its half. */
function end(socket: Duplex, status: number, sentence: string): void {
  const body = `${sentence}\n`;
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    "content-type: text/plain; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}
