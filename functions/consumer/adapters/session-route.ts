import { createHash, timingSafeEqual } from "node:crypto";
import type { Context } from "hono";
import { stream } from "hono/streaming";
import type { StreamingApi } from "hono/utils/stream";
import type { IncomingHttpHeaders } from "node:http";
import * as v from "valibot";
import { storagePrefixOf } from "../../messages/storage-prefix.ts";
import { TenantId } from "../../messages/tenant.ts";
import { HttpError } from "../../runtime/errors.ts";
import type { App } from "../../runtime/door/http-handler.ts";
import { stackOf } from "../../runtime/log.ts";
import { respond } from "../../runtime/door/reply.ts";
import type { Reply } from "../../runtime/door/reply.ts";
import type { Door, Source, Visit } from "../../runtime/door/visit.ts";
import type { Context as Tenant, Folder, Ports } from "../ports.ts";
import { runSession } from "../session.ts";
import { ObjectsApi } from "../sync/objects-api.ts";
import { Sync } from "../sync/sync.ts";
import { requestLines } from "./request-lines.ts";

interface RouteOptions {
  /** Shared secret that a caller must send; empty for none. */
  readonly secret: string;
  /** Judges the caller's token; throws an HttpError to refuse. Default: nobody's is looked at. */
  readonly admit?: (headers: IncomingHttpHeaders) => Promise<void>;
}

/** The consumer's routes: POST /sessions/stream (producer contract, 2), and GET /healthz as the older consumer has it. */
export function sessionRoutes(
  options: RouteOptions,
  ports: Omit<Ports, "log">,
): (app: App) => void {
  return (app) => {
    app.all("/sessions/stream", (c) => answer(c, options, ports));
    app.get("/healthz", ({ env }) => answerWith(env, 200, { ok: true }));
    app.all("/healthz", ({ env }) => notAllowed(env, "GET, HEAD"));
  };
}

async function answer(
  c: Context<Door>,
  { secret, admit }: RouteOptions,
  ports: Omit<Ports, "log">,
): Promise<Response> {
  const { env } = c;
  if (env.method !== "POST") return notAllowed(env, "POST");
  if (!(await isAdmitted(env.source, secret, admit))) {
    return answerWith(env, 401, { error: "unauthorized" });
  }
  const tenant = tenantOf(env.source);
  if ("error" in tenant) return answerWith(env, 400, tenant);
  c.header("content-type", "application/x-ndjson; charset=utf-8");
  c.header("cache-control", "no-cache, no-transform");
  c.header("x-accel-buffering", "no");
  return stream(
    c,
    (out) => session(env, out, tenant, { ...ports, log: env.log }),
    (error) => {
      env.log("ERROR", "The session failed", stackOf(error));
      return Promise.resolve();
    },
  );
}

async function session(
  { source }: Visit,
  out: StreamingApi,
  tenant: Tenant,
  ports: Ports,
): Promise<void> {
  const ending = new AbortController();
  const { shutdownSeconds } = ports.settings.sync;
  const stop = (): void => void ports.after(shutdownSeconds, () => ending.abort());
  ports.stopping.addEventListener("abort", stop);
  try {
    await runSession(
      {
        lines: requestLines(source, ports.stopping),
        folder: () => ports.openFolder(tenant),
        syncOf: (folder) => syncOf(source, folder, tenant, ending.signal, ports),
        // A caller that went away is told nothing more; what runs for it is ended in peace.
        write: (line) => void out.writeln(line),
      },
      ports,
    );
  } finally {
    ports.stopping.removeEventListener("abort", stop);
  }
}

function syncOf(
  source: Source,
  folder: Folder,
  tenant: Tenant,
  signal: AbortSignal,
  ports: Ports,
): Sync | undefined {
  const token = source.headers["x-gcs-token"];
  const settings = ports.settings.sync;
  // Without the caller's token there is none: this role's own account may see no object.
  if (settings.bucket === "" || typeof token !== "string" || token === "") return undefined;
  const rendered = storagePrefixOf(settings.prefixTemplate, tenant);
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
  source: Source,
  secret: string,
  admit: RouteOptions["admit"],
): Promise<boolean> {
  if (secret !== "" && !isSecret(source, secret)) return false;
  try {
    await admit?.(source.headers);
    return true;
  } catch (error) {
    if (error instanceof HttpError) return false;
    throw error;
  }
}

function isSecret({ headers }: Source, secret: string): boolean {
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
function tenantOf({ headers, url }: Source): Tenant | { readonly error: string } {
  const query = new URLSearchParams(/\?(.*)$/.exec(url ?? "")?.[1] ?? "");
  const names = Object.keys(FIELDS) as (keyof typeof FIELDS)[];
  const found = names.flatMap((name) => {
    const header = headers[HEADERS[name]];
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

function notAllowed(visit: Visit, allow: string): Response {
  return answerWith(visit, 405, { error: "method not allowed" }, { allow });
}

/** In the older consumer's words, which have no envelope. */
function answerWith(
  visit: Visit,
  status: number,
  body: Reply["body"],
  headers: Readonly<Record<string, string>> = {},
): Response {
  return respond(visit, {
    status,
    body,
    headers: { "content-type": "application/json", ...headers },
  });
}
