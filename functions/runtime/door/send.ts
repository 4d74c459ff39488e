import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { discardBody, hasBody } from "./body.ts";
import { unsentOf } from "./reply.ts";

/** Writes a Response to Node's, its body as it comes; rejects where that breaks off on either side. */
export async function send(
  response: Response,
  requestId: string,
  request: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const unsent = unsentOf(response);
  if (unsent !== undefined) {
    outgoing.writeHead(unsent.status, { "x-request-id": requestId, ...unsent.headers });
    sendText(request, outgoing, unsent.text);
    return;
  }
  const cookies = response.headers.getSetCookie();
  outgoing.writeHead(response.status, {
    "x-request-id": requestId,
    ...Object.fromEntries(response.headers),
    ...(cookies.length > 0 && { "set-cookie": cookies }),
  });
  // The first of a stream may be long in coming.
  outgoing.flushHeaders();
  if (request.method === "HEAD") await response.body?.cancel();
  else if (response.body !== null) {
    // One of the web's would not hear of a client that went away before its next chunk.
    const body = Readable.fromWeb(response.body);
    await pipeline(body, outgoing, { end: false });
  }
  // Only its end tells the client that the answer is complete.
  outgoing.end();
  if (isUnread(request)) discardBody(request, () => undefined);
}

function sendText(request: IncomingMessage, outgoing: ServerResponse, text: string): void {
  if (!isUnread(request)) {
    // Handed on as text, it leaves together with the headers in one write.
    outgoing.end(text);
    return;
  }
  // Content-Length lets the client take the answer as complete before it is ended.
  outgoing.write(text);
  discardBody(request, () => outgoing.end());
}

function isUnread(request: IncomingMessage): boolean {
  return !request.complete && hasBody(request.headers);
}
