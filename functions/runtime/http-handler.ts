import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { ClientGone, discardBody, hasBody, readBody, requireJson } from "./body.ts";
import { HttpError, envelope } from "./errors.ts";
import { createLog, stackOf } from "./log.ts";
import type { Log, Severity } from "./log.ts";
import { contextOf } from "./request-context.ts";

/** A request that passed the door: its route exists, its type is JSON, its body is complete and within bounds. */
export interface Incoming {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly requestId: string;
  readonly log: Log;
  /** Aborted when the client went away before it was answered. */
  readonly signal: AbortSignal;
}

export interface Reply {
  readonly status: number;
  /** JSON, or text where clients of an older service expect that; a 204 has none. */
  readonly body: Readonly<Record<string, unknown>> | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the one log line of this request. Default: by status. */
  readonly severity?: Severity;
  /** Ends the message of that line. Default: nothing. */
  readonly reason?: string;
  /** Further members of that line. */
  readonly note?: Readonly<Record<string, unknown>> | undefined;
}

/** What a role does with a POST of JSON to one path. */
export interface Route {
  /** Judges the caller by the headers, before any of the body is read; throws an HttpError to refuse. */
  readonly admit?: (headers: IncomingHttpHeaders) => Promise<void>;
  readonly maxBodyBytes: number;
  /** What other methods are answered. Default 405. */
  readonly otherMethods?: 404 | 405;
  readonly handle: (incoming: Incoming) => Promise<Reply>;
}

/** Answers requests to one path, whatever their method, while they are still coming: it reads and writes as it likes. */
export type StreamRoute = (
  request: IncomingMessage,
  response: ServerResponse,
  log: Log,
) => Promise<void>;

export interface Service {
  /** Name of the role: function target, log label. */
  readonly role: string;
  /** Project id, for linking log lines to traces. */
  readonly project?: string | undefined;
  /** By exact path. GET /health is answered besides. */
  readonly routes: Readonly<Record<string, Route>>;
  /** By exact path. Default: none. */
  readonly streams?: Readonly<Record<string, StreamRoute>>;
  /** Answers `GET /healthz` with `ok`, which clients of an older service ask for. Default: no. */
  readonly hasHealthz?: boolean;
  /** Takes one log line. Default: standard output. */
  readonly write?: (line: string) => void;
}

const HEALTH_PATH = "/health";
const OLD_HEALTH_PATH = "/healthz";

/** Answers every request to a role, in JSON; no other code writes a response. */
export function createListener(
  service: Service,
): (request: IncomingMessage, response: ServerResponse) => void {
  const logOf = createLog(service);
  const routes = new Map(Object.entries(service.routes));
  const streams = new Map(Object.entries(service.streams ?? {}));
  return (request, response) => {
    const started = performance.now();
    const { requestId, ...context } = contextOf(request.headers);
    const log = logOf({ requestId, ...context });
    const path = pathOf(request.url);
    const isRead = request.method === "GET" || request.method === "HEAD";
    if (path === HEALTH_PATH && isRead) {
      send(request, response, { status: 200, body: { ok: true, role: service.role } }, requestId);
      return;
    }
    if (path === OLD_HEALTH_PATH && isRead && service.hasHealthz === true) {
      send(request, response, { status: 200, body: "ok" }, requestId);
      return;
    }
    const stream = streams.get(path);
    if (stream !== undefined) {
      void stream(request, response, log).catch((error: unknown) => {
        log("ERROR", `${request.method ?? ""} ${path} failed`, stackOf(error));
        response.destroy();
      });
      return;
    }
    const reply = async (): Promise<Reply> => {
      refuseSeveralHosts(request.rawHeaders);
      const route = routeOf(routes, path, request);
      await route.admit?.(request.headers);
      requireJson(request.headers);
      const body = await readBody(request, route.maxBodyBytes);
      const signal = goneSignal(response);
      return route.handle({ headers: request.headers, body, requestId, log, signal });
    };
    void reply()
      .catch((error: unknown) => replyTo(error, requestId))
      .then((answer) => {
        if (answer !== undefined) send(request, response, answer, requestId);
        record(log, request, path, answer, started);
      });
  };
}

function goneSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) controller.abort(new ClientGone());
  });
  return controller.signal;
}

/** Who sends two lets one server take the request for one host, the next for another (RFC 9112, 3.2). */
function refuseSeveralHosts(rawHeaders: readonly string[]): void {
  const isHost = (text: string, index: number): boolean =>
    index % 2 === 0 && text.length === 4 && text.toLowerCase() === "host";
  const first = rawHeaders.findIndex(isHost);
  if (first === rawHeaders.findLastIndex(isHost)) return;
  throw new HttpError(400, "several_hosts", "A request has one Host header.", { field: "Host" });
}

function routeOf(
  routes: ReadonlyMap<string, Route>,
  path: string,
  request: IncomingMessage,
): Route {
  const route = routes.get(path);
  const method = request.method ?? "";
  const isUnknown = route === undefined && path !== HEALTH_PATH;
  if (isUnknown || (method !== "POST" && route?.otherMethods === 404)) {
    throw new HttpError(404, "not_found", `There is nothing at ${method} ${path.slice(0, 200)}.`);
  }
  if (route === undefined || method !== "POST") {
    const allow = route === undefined ? "GET, HEAD" : "POST";
    const message = `${path} answers ${allow}, not ${method}.`;
    throw new HttpError(405, "method_not_allowed", message, { headers: { allow } });
  }
  return route;
}

function pathOf(url = "/"): string {
  const end = url.search(/[?#]/);
  return end === -1 ? url : url.slice(0, end);
}

function replyTo(error: unknown, requestId: string): Reply | undefined {
  if (error instanceof ClientGone) return undefined;
  if (error instanceof HttpError) {
    const { status, detail, headers, beside } = error;
    const body = envelope(detail, requestId, beside);
    return { status, body, headers, reason: detail.message, note: { code: detail.code } };
  }
  const detail = { code: "internal", message: "Something went wrong on our side." };
  return { status: 500, body: envelope(detail, requestId), note: stackOf(error) };
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, body, headers }: Reply,
  requestId: string,
): void {
  const isText = typeof body === "string";
  // Handed on as text, it leaves together with the headers in one write.
  const text = status === 204 ? "" : isText ? body : JSON.stringify(body);
  response.writeHead(status, {
    ...(status !== 204 && {
      "content-type": `${isText ? "text/html" : "application/json"}; charset=utf-8`,
      "content-length": Buffer.byteLength(text),
    }),
    "x-request-id": requestId,
    ...(status === 413 && { connection: "close" }),
    ...headers,
  });
  if (request.complete || !hasBody(request.headers)) {
    response.end(text);
    return;
  }
  // Content-Length lets the client take the answer as complete before the response is ended.
  response.write(text);
  discardBody(request, () => response.end());
}

function record(
  log: Log,
  request: IncomingMessage,
  path: string,
  reply: Reply | undefined,
  started: number,
): void {
  const took = Math.round(performance.now() - started);
  const what = `${request.method ?? ""} ${path.slice(0, 200)}`;
  if (reply === undefined) {
    log("INFO", `${what}: the client went away`, { took_ms: took });
    return;
  }
  const { status, severity = severityOf(status), reason, note } = reply;
  const message = reason === undefined ? `${what} ${status}` : `${what} ${status}: ${reason}`;
  log(severity, message, { status, took_ms: took, ...note });
}

function severityOf(status: number): Severity {
  if (status >= 500) return "ERROR";
  return status >= 400 ? "WARNING" : "INFO";
}
