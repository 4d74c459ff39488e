import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import * as v from "valibot";
import { storagePrefixOf } from "../../messages/storage-prefix.ts";
import { TenantId } from "../../messages/tenant.ts";
import { discardBody, hasBody } from "../../runtime/body.ts";
import { HttpError } from "../../runtime/errors.ts";
import type { StreamRoute } from "../../runtime/http-handler.ts";
import type { Context, Folder, Ports } from "../ports.ts";
import { runSession } from "../session.ts";
import { ObjectsApi } from "../sync/objects-api.ts";
import { Sync } from "../sync/sync.ts";
import { requestLines } from "./request-lines.ts";

interface RouteOptions {
  /** Shared secret that a caller must send; empty for none. */
  readonly secret: string;
  /** Judges the caller's token; throws an HttpError to refuse. Default: nobody's is looked at. */
  readonly admit?: (headers: IncomingMessage["headers"]) => Promise<void>;
}

/** POST /sessions/stream (producer contract, 2). */
export function sessionRoute(
  { secret, admit }: RouteOptions,
  ports: Omit<Ports, "log">,
): StreamRoute {
  return async (request, response, log) => {
    if (request.method !== "POST") {
      refuse(request, response, 405, { error: "method not allowed" }, { allow: "POST" });
      return;
    }
    if (!(await isAdmitted(request, secret, admit))) {
      refuse(request, response, 401, { error: "unauthorized" });
      return;
    }
    const context = contextOf(request);
    if ("error" in context) {
      refuse(request, response, 400, context);
      return;
    }
    await answer(request, response, context, { ...ports, log });
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  context: Context,
  ports: Ports,
): Promise<void> {
  response.writeHead(200, {
    "content-type": "application/x-ndjson; charset=utf-8",
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no",
  });
  response.flushHeaders();
  // A caller that went away is told nothing more; what runs for it is ended in peace.
  response.on("error", () => undefined);
  const ending = new AbortController();
  const { shutdownSeconds } = ports.settings.sync;
  const stop = (): void => void ports.after(shutdownSeconds, () => ending.abort());
  ports.stopping.addEventListener("abort", stop);
  try {
    await runSession(
      {
        lines: requestLines(request, ports.stopping),
        folder: () => ports.openFolder(context),
        syncOf: (folder) => syncOf(request, folder, context, ending.signal, ports),
        write: (line) => {
          if (response.writable) response.write(`${line}\n`);
        },
      },
      ports,
    );
  } finally {
    ports.stopping.removeEventListener("abort", stop);
    response.end();
  }
}

function syncOf(
  request: IncomingMessage,
  folder: Folder,
  context: Context,
  signal: AbortSignal,
  ports: Ports,
): Sync | undefined {
  const token = request.headers["x-gcs-token"];
  const settings = ports.settings.sync;
  // Without the caller's token there is none: this role's own account may see no object.
  if (settings.bucket === "" || typeof token !== "string" || token === "") return undefined;
  const rendered = storagePrefixOf(settings.prefixTemplate, context);
  if ("problem" in rendered || rendered.prefix === "") {
    const problem = "problem" in rendered ? rendered.problem : "the prefix is empty";
    ports.log("ERROR", `Nothing is synchronised: ${problem}`);
    return undefined;
  }
  const { send, log, now } = ports;
  const api = new ObjectsApi({ settings, token, signal, send, log, now });
  return new Sync(rendered.prefix, folder, api, settings);
}

async function isAdmitted(
  request: IncomingMessage,
  secret: string,
  admit: RouteOptions["admit"],
): Promise<boolean> {
  if (secret !== "" && !isSecret(request, secret)) return false;
  try {
    await admit?.(request.headers);
    return true;
  } catch (error) {
    if (error instanceof HttpError) return false;
    throw error;
  }
}

function isSecret({ headers }: IncomingMessage, secret: string): boolean {
  const sent = headers["x-service-auth"] ?? headers.authorization;
  const token = typeof sent === "string" ? sent.replace(/^Bearer /i, "") : "";
  // Of equal length, whatever was sent.
  return timingSafeEqual(digest(token), digest(secret));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

const FIELDS = {
  user_id: "userId",
  project_id: "projectId",
  workspace_id: "workspaceId",
  session_id: "sessionId",
} as const;
const HEADERS = {
  user_id: "x-user-id",
  project_id: "x-project-id",
  workspace_id: "x-workspace-id",
  session_id: "x-session-id",
} as const;
const ContextSchema = v.object({
  user_id: TenantId,
  project_id: TenantId,
  workspace_id: v.optional(TenantId),
  session_id: v.optional(TenantId),
});

/** By headers first, then by the query. */
function contextOf(request: IncomingMessage): Context | { readonly error: string } {
  const query = new URLSearchParams(/\?(.*)$/.exec(request.url ?? "")?.[1] ?? "");
  const names = Object.keys(FIELDS) as (keyof typeof FIELDS)[];
  const found = names.flatMap((name) => {
    const header = request.headers[HEADERS[name]];
    const value = (typeof header === "string" && header) || query.get(FIELDS[name]);
    return value ? [[name, value] as const] : [];
  });
  const values = Object.fromEntries(found);
  if (values.user_id === undefined || values.project_id === undefined) {
    return { error: "missing userId/projectId" };
  }
  const read = v.safeParse(ContextSchema, values);
  return read.success ? read.output : { error: "invalid userId/projectId/workspaceId/sessionId" };
}

/** In the older consumer's words, which have no envelope. */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    ...headers,
  });
  if (request.complete || !hasBody(request.headers)) {
    response.end(text);
    return;
  }
  response.write(text);
  discardBody(request, () => response.end());
}

/** GET /healthz, as the older consumer has it. */
export const healthRoute: StreamRoute = (request, response) => {
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (isRead) refuse(request, response, 200, { ok: true });
  else refuse(request, response, 405, { error: "method not allowed" }, { allow: "GET, HEAD" });
  return Promise.resolve();
};
