import { Hono } from "hono";
import type { Handler } from "hono";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { ClientGone, readJson } from "./body.ts";
import { HttpError } from "../errors.ts";
import { createLog, stackOf } from "../log.ts";
import type { Severity } from "../log.ts";
import { requestOf } from "./node-request.ts";
import { replyToError, respond } from "./reply.ts";
import type { Beside, Reply } from "./reply.ts";
import { contextOf } from "./request-context.ts";
import { send } from "./send.ts";
import { visitOf } from "./visit.ts";
import type { Door, Visit } from "./visit.ts";

/** A POST that passed the door: its type is JSON, its body is complete and within bounds. */
export interface Incoming extends Pick<Visit, "requestId" | "log" | "signal"> {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
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

export interface Service {
  /** Name of the role: function target, log label. */
  readonly role: string;
  /** Project id, for linking log lines to traces. */
  readonly project?: string | undefined;
  /**
   * A role that takes JSON at a few paths names them. One with more to answer is given the app and adds its routes in Hono's
   * way (https://hono.dev/docs/api/routing): parameters, any method, pages (`hono/html`), `hono/cors`. Its handlers
   * - answer JSON by `respond(c.env, reply)`, a stream by `c.body(ReadableStream.from(chunks))`, which is cut off where it
   *   fails;
   * - refuse by an HttpError;
   * - read bodies by `postJson`, `readJson`, `readForm` and `streamBody`, never by `c.req`, which knows no limit;
   * - find request id, log, headers and signal in `c.env`.
   *
   * GET /health is answered besides, unless the role does it.
   */
  readonly routes: Readonly<Record<string, Route>> | ((app: App) => void);
  /** True where a request may take as long to come as it likes. Default: Node's five minutes. */
  readonly hasStreams?: boolean;
  /** Answers `GET /healthz` with `ok`, which clients of an older service ask for. Default: no. */
  readonly hasHealthz?: boolean;
  /** What stands beside every error, for clients of an older service. Default: nothing. */
  readonly beside?: Beside;
  /** Takes one log line. Default: standard output. */
  readonly write?: (line: string) => void;
}

export type App = Hono<Door>;

/** All that a role answers, in Hono. What no handler takes is 404, or 405 with Allow; what one throws is an envelope. */
export function appOf({ role, routes, hasHealthz = false, beside }: Omit<Service, "write">): App {
  // Nothing is decoded or simplified on the way to the router.
  const app: App = new Hono<Door>({ getPath: (_, options) => options?.env?.path ?? "" });
  if (typeof routes === "function") routes(app);
  else for (const [path, route] of Object.entries(routes)) addRoute(app, path, route);
  const health = { status: 200, body: { ok: true, role }, isSilent: true };
  app.get("/health", ({ env }) => respond(env, health));
  if (hasHealthz) app.get("/healthz", ({ env }) => respond(env, { ...health, body: "ok" }));
  app.notFound(({ env }) => {
    throw nothingFor(env, app);
  });
  app.onError((error, { env }) => {
    if (error instanceof ClientGone) throw error;
    return respond(env, replyToError(error, env.requestId, beside));
  });
  return app;
}

function addRoute(app: App, path: string, route: Route): void {
  app.post(path, postJson(route));
  if (route.otherMethods === 404)
    app.all(path, ({ env }) => {
      throw nothingAt(env);
    });
}

/** A route's handler for an app: what a Route says, at any path. */
export function postJson({
  admit,
  maxBodyBytes,
  handle,
}: Omit<Route, "otherMethods">): Handler<Door> {
  return async ({ env }) => {
    const { source, requestId, log, signal } = env;
    const { headers } = source;
    await admit?.(headers);
    const body = await readJson(source, maxBodyBytes);
    return respond(env, await handle({ headers, body, requestId, log, signal }));
  };
}

function nothingAt({ method, path }: Visit): HttpError {
  return new HttpError(404, "not_found", `There is nothing at ${method} ${path.slice(0, 200)}.`);
}

/** 405 where another method finds something there. */
function nothingFor(visit: Visit, app: App): HttpError {
  const { method, path } = visit;
  const methods = new Set(app.routes.map((route) => route.method));
  const allowed = [...methods].filter((each) =>
    // What is there for all methods is no handler, or it would have answered.
    app.router.match(each, path)[0].some(([[, route]]) => route.method === each && each !== "ALL"),
  );
  if (allowed.length === 0) return nothingAt(visit);
  const allow = allowed.flatMap((each) => (each === "GET" ? ["GET", "HEAD"] : [each])).join(", ");
  const message = `${path.slice(0, 200)} answers ${allow}, not ${method}.`;
  return new HttpError(405, "method_not_allowed", message, { headers: { allow } });
}

/** Answers every request to a role; no other code writes a response. */
export function createListener(
  service: Service,
): (request: IncomingMessage, response: ServerResponse) => void {
  const logOf = createLog(service);
  const app = appOf(service);
  const answerTo = async (visit: Visit): Promise<Response> => {
    try {
      refuseSeveralHosts(visit.source.rawHeaders);
      return await app.fetch(requestOf(visit), visit);
    } catch (error) {
      if (error instanceof ClientGone) throw error;
      return respond(visit, replyToError(error, visit.requestId, service.beside));
    }
  };
  return (request, response) => {
    const started = performance.now();
    const context = contextOf(request.headers);
    const { requestId } = context;
    const signal = goneSignal(response);
    const visit = visitOf(request, { requestId, log: logOf(context), signal });
    void answerTo(visit)
      .then((answer) => send(answer, requestId, request, response))
      .then(
        () => record(visit, response.statusCode, started),
        (error: unknown) => {
          response.destroy();
          recordUnanswered(visit, error, started);
        },
      );
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

function record(visit: Visit, status: number, started: number): void {
  const { severity = severityOf(status), reason, note, isSilent = false } = visit.account;
  if (isSilent) return;
  const message = `${whatOf(visit)} ${status}${reason === undefined ? "" : `: ${reason}`}`;
  visit.log(severity, message, { status, took_ms: sinceMs(started), ...note });
}

function recordUnanswered(visit: Visit, error: unknown, started: number): void {
  const took = { took_ms: sinceMs(started) };
  if (isGone(error)) visit.log("INFO", `${whatOf(visit)}: the client went away`, took);
  else visit.log("ERROR", `${whatOf(visit)}: the answer broke off`, { ...took, ...stackOf(error) });
}

function isGone(error: unknown): boolean {
  if (error instanceof ClientGone) return true;
  return error instanceof Error && "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE";
}

function whatOf({ method, path }: Pick<Visit, "method" | "path">): string {
  return `${method} ${path.slice(0, 200)}`;
}

function sinceMs(started: number): number {
  return Math.round(performance.now() - started);
}

function severityOf(status: number): Severity {
  if (status >= 500) return "ERROR";
  return status >= 400 ? "WARNING" : "INFO";
}
