import nodeHttp from "node:http";
import type { RequestListener, Server } from "node:http";
import type { Duplex } from "node:stream";
import { randomUUID } from "node:crypto";
import { envelope } from "../errors.ts";

/**
 * Longer than what stands before us keeps an idle connection, which is 600 s for Google's load balancers: whoever closes
 * first may meet the next request on its way, and Node's own 5 s are a known cause of 502 and 503
 * (docs.cloud.google.com/load-balancing/docs/https#timeouts_and_retries).
 */
const KEEP_ALIVE_MS = 620_000;

/** The server of a role, which does not listen yet. `hasStreams`: a request may take as long to come as it likes. */
export function createServer(listener: RequestListener, hasStreams = false): Server {
  // Without `requireHostHeader` Node itself refuses a request that lacks Host, without a body; no route looks at Host.
  const options = {
    requireHostHeader: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    ...(hasStreams && { requestTimeout: 0 }),
  };
  const server = nodeHttp.createServer(options, listener);
  server.on("clientError", answerUnreadable);
  server.on("checkExpectation", listener);
  return server;
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
