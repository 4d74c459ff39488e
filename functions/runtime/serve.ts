import { http as registerFunction } from "@google-cloud/functions-framework";
import nodeHttp from "node:http";
import type { RequestListener, Server } from "node:http";
import type { Duplex } from "node:stream";
import { randomUUID } from "node:crypto";
import { envelope } from "./errors.ts";
import { createListener } from "./http-handler.ts";
import type { Service } from "./http-handler.ts";
import { createLog } from "./log.ts";
import { takeOverProcess } from "./shutdown.ts";

/**
 * Longer than what stands before us keeps an idle connection, which is 600 s for Google's load balancers: whoever closes
 * first may meet the next request on its way, and Node's own 5 s are a known cause of 502 and 503
 * (docs.cloud.google.com/load-balancing/docs/https#timeouts_and_retries).
 */
const KEEP_ALIVE_MS = 620_000;

/**
 * Registers a role with Functions Framework under its own name and answers its requests.
 *
 * The framework loads the module and opens the port; its Express app stays unused. That app parses bodies of up to
 * 1 GB before a function runs, answers malformed JSON and bad percent-escapes with an HTML page, keeps some paths to
 * itself, and sends the message of an uncaught exception to the caller (functions-framework 5.0.5, build/src/server.js
 * and logger.js). So the one `http.createServer` call of the framework gets our listener instead of its app.
 */
export function serve(service: Service): void {
  const listener = createListener(service);
  registerFunction(service.role, listener);
  const log = createLog(service)();
  replaceNextServer(listener, (server) => {
    server.on("clientError", answerUnreadable);
    server.on("checkExpectation", listener);
    takeOverProcess(server, log);
  });
}

function replaceNextServer(listener: RequestListener, prepare: (server: Server) => void): void {
  const original = nodeHttp.createServer;
  const replacement = (): Server => {
    Object.assign(nodeHttp, { createServer: original });
    // Without `requireHostHeader` Node itself refuses a request that lacks Host, without a body; no route looks at Host.
    const options = { requireHostHeader: false, keepAliveTimeout: KEEP_ALIVE_MS };
    const server = original(options, listener);
    prepare(server);
    return server;
  };
  Object.assign(nodeHttp, { createServer: replacement });
}

/** Node's own answer to bytes that are not HTTP has no body; the sender of a broken request deserves the envelope. */
function answerUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const [status, code, message] = unreadable(error.code);
  const requestId = randomUUID();
  const body = JSON.stringify(envelope({ code, message }, requestId));
  const answer =
    `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\n` +
    `Content-Length: ${Buffer.byteLength(body)}\r\nX-Request-Id: ${requestId}\r\nConnection: close\r\n\r\n${body}`;
  // A client that does not close its half in turn would hold the connection for ever.
  socket.end(answer, () => socket.destroy());
}

function unreadable(code: string | undefined): [status: string, code: string, message: string] {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return [
        "431 Request Header Fields Too Large",
        "headers_too_large",
        "The headers are too large.",
      ];
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return ["408 Request Timeout", "request_timeout", "The request did not arrive in time."];
    default:
      return ["400 Bad Request", "malformed_request", "This is not a valid HTTP request."];
  }
}
