// The paths of the run API; what stands behind each knows no HTTP but its status.
import { createHash } from "node:crypto";
import * as v from "valibot";
import { readJson } from "../runtime/door/body.ts";
import { readForm } from "../runtime/door/form.ts";
import type { App } from "../runtime/door/http-handler.ts";
import { respond, type Reply } from "../runtime/door/reply.ts";
import { ArtifactName } from "../scenarios/paths.ts";
import { BuildRequest } from "../scenarios/request.ts";
import { ConsoleRequest, generateConsole, saveConsole, showConsole } from "./action-console.ts";
import { callerAt, keysIn, runIdIn, type AtRoute, type Gates } from "./at-route.ts";
import { build } from "./build.ts";
import { cancelRun } from "./cancel.ts";
import { chat, ChatRequest } from "./chat.ts";
import { clone, resume, ResumeRequest } from "./clone.ts";
import { ConfigRequest, saveConfig, showConfig } from "./config.ts";
import { deleteRun, undeleteRun } from "./delete.ts";
import { archiveOf } from "./exports/archive.ts";
import { exportWindTunnel } from "./exports/wind-tunnel.ts";
import { health } from "./health.ts";
import { requireKey, type Caller } from "./keys.ts";
import { listRequest } from "./listing.ts";
import { OlderRequest, refuseOlder } from "./older.ts";
import { pagesOf, wantsJson } from "./page-routes.ts";
import type { Ports } from "./ports.ts";
import {
  listRuns,
  showArtifact,
  showEvents,
  showImage,
  showLatest,
  showLog,
  showNormalization,
  showRun,
} from "./reads.ts";
import { bodyOf, refused } from "./refusals.ts";
import { sweeps } from "./sweeps.ts";
import { upload, type UploadedFile } from "./uploads.ts";

/** What is read here never runs, whoever wrote it and however it is opened. */
const INERT = {
  "cache-control": "private, no-cache",
  // The same address is a page for browsers.
  vary: "Accept, Authorization, X-Api-Key",
  "content-security-policy": "default-src 'none'; sandbox",
  "x-content-type-options": "nosniff",
};

const MAX_BODY_BYTES = 262_144;
/** Of a form around its files. */
const FORM_BYTES = 65_536;

const OLD_PAGES = ["/intelligence", "/scenarios", "/wind-tunnel", "/actions", "/chat", "/ops"];

/** Who asks, and what for. */
type Operation = (caller: Caller, c: AtRoute) => Promise<Reply>;

export function routes(ports: Ports, gates: Gates): (app: App) => void {
  const orderSweep = sweeps(ports);

  const read = (operation: Operation) => async (c: AtRoute) =>
    fresh(c, await operation(callerAt(c, gates), c));
  const known = async (c: AtRoute): Promise<Caller> => {
    const caller = callerAt(c, gates);
    requireKey(caller);
    gates.limitTenant(caller.tenant);
    return Promise.resolve(caller);
  };
  const change = (operation: Operation) => async (c: AtRoute) =>
    respond(c.env, await operation(await known(c), c));
  const body = async <const Schema extends v.GenericSchema<unknown, object>>(
    schema: Schema,
    c: AtRoute,
  ) => bodyOf(schema, await readJson(c.env.source, MAX_BODY_BYTES));

  const runJson = read((caller, c) => showRun(caller, runIdIn(c), ports));
  const pages = pagesOf(ports, gates, orderSweep);

  return (app) => {
    app.get("/", (c) => {
      if (wantsJson(c)) throw refused(404, "not_found", "There is nothing at GET /.");
      return pages.start(c);
    });
    app.get("/compare", pages.compare);
    // The original shows its one page at all of these (contract, 1).
    for (const path of OLD_PAGES) app.get(path, (c) => c.redirect("/", 302));
    app.get("/assets/:name", pages.asset);
    app.get("/runs/:run_id/parts/:part", pages.part);
    app.get("/runs/:run_id/preview.png", pages.preview);
    app.get("/health", (c) => respond(c.env, health(keysIn(c), gates, ports.settings)));
    app.get(
      "/runs",
      read(async (caller, c) => {
        await orderSweep(caller.tenant, c.env.log);
        return listRuns(listRequest(c.req.query()), caller, ports);
      }),
    );
    app.get("/runs/:run_id", (c) => (wantsJson(c) ? runJson(c) : pages.run(c)));
    app.get(
      "/runs/:run_id/wind-tunnel.csv",
      read((caller, c) => exportWindTunnel(caller, runIdIn(c), ports)),
    );
    app.get("/runs/:run_id/artifacts.zip", async (c) => {
      const archive = await archiveOf(callerAt(c, gates), runIdIn(c), ports);
      const { zipped } = await import("./adapters/zip.ts");
      return c.body(zipped(archive), 200, {
        "content-type": "application/zip",
        "content-disposition": `attachment; filename="${archive.fileName}"`,
        ...INERT,
      });
    });
    app.delete(
      "/runs/:run_id",
      change((caller, c) => deleteRun(caller, runIdIn(c), ports)),
    );
    app.post(
      "/runs/:run_id/cancel",
      change((caller, c) => cancelRun(caller, runIdIn(c), ports)),
    );
    app.post(
      "/runs/:run_id/undelete",
      change((caller, c) => undeleteRun(caller, runIdIn(c), ports)),
    );
    app.post(
      "/runs/:run_id/resume",
      change(async (caller, c) => resume(await body(ResumeRequest, c), runIdIn(c), caller, ports)),
    );
    app.post(
      "/runs/:run_id/clone",
      change((caller, c) => clone(runIdIn(c), caller, ports)),
    );
    app.post(
      "/build",
      change(async (caller, c) => {
        const wait = /^(?:1|true|yes)$/i.test(c.req.query("wait") ?? "");
        return build(await body(BuildRequest, c), { wait }, caller, ports);
      }),
    );
    app.get("/artifact/:run_id/image/:name", async (c) => {
      const caller = callerAt(c, gates);
      const name = nameIn(c, "Invalid image name.");
      const { bytes, type } = await showImage(caller, runIdIn(c), name, ports);
      const etag = etagOf(bytes);
      if (has(c, etag)) return c.body(null, 304, { ...INERT, etag });
      return c.body(new Uint8Array(bytes), 200, {
        "content-type": type,
        "content-length": String(bytes.length),
        etag,
        ...INERT,
      });
    });
    app.get(
      "/artifact/:run_id/:name",
      read((caller, c) =>
        showArtifact(caller, runIdIn(c), nameIn(c, "Invalid artifact name."), ports),
      ),
    );
    app.get(
      "/run/:run_id/node_events",
      read((caller, c) => showEvents(caller, runIdIn(c), ports)),
    );
    app.get(
      "/run/:run_id/normalization",
      read((caller, c) => showNormalization(caller, runIdIn(c), ports)),
    );
    app.get(
      "/run/:run_id/logs/:name",
      read((caller, c) => showLog(caller, runIdIn(c), nameIn(c, "Invalid log name."), ports)),
    );
    app.get(
      "/latest",
      read((caller) => showLatest(caller, ports)),
    );
    app.get(
      "/action-console/:run_id",
      read((caller, c) => showConsole(caller, runIdIn(c), ports)),
    );
    app.post(
      "/action-console/:run_id",
      change(async (caller, c) =>
        saveConsole(await body(ConsoleRequest, c), caller, runIdIn(c), ports),
      ),
    );
    app.post(
      "/action-console/:run_id/generate",
      change((caller, c) => generateConsole(caller, runIdIn(c), ports)),
    );
    app.post(
      "/chat",
      change(async (caller, c) => chat(await body(ChatRequest, c), caller, ports)),
    );
    app.post(
      "/upload",
      change(async (caller, c) => upload(await filesIn(c, ports), caller, ports)),
    );
    for (const path of ["/strategies", "/daily"]) {
      app.post(
        path,
        change(async (caller, c) => refuseOlder(await body(OlderRequest, c), caller, ports)),
      );
    }
    app.get(
      "/config",
      change((caller) => showConfig(caller, ports)),
    );
    app.post(
      "/config",
      change(async (caller, c) => saveConfig(await body(ConfigRequest, c), caller, ports)),
    );
  };
}

function nameIn(c: AtRoute, message: string): string {
  const name = c.req.param("name");
  if (v.is(ArtifactName, name)) return name;
  throw refused(400, "invalid_name", message);
}

async function filesIn(c: AtRoute, { settings }: Ports): Promise<UploadedFile[]> {
  const { maxUploadBytes, maxUploadFiles } = settings;
  const form = await readForm(c.env.source, {
    maxBytes: maxUploadBytes * maxUploadFiles + FORM_BYTES,
    maxParts: maxUploadFiles + 1,
  });
  const files = form.getAll("files").filter((entry) => typeof entry !== "string");
  return Promise.all(
    files.map(async (file) => ({ name: file.name, bytes: Buffer.from(await file.arrayBuffer()) })),
  );
}

/** 304 to who has it already: pages ask every few seconds. */
function fresh(c: AtRoute, reply: Reply): Response {
  const etag = etagOf(typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body));
  if (has(c, etag)) return c.body(null, 304, { ...INERT, etag });
  return respond(c.env, { ...reply, headers: { ...INERT, ...reply.headers, etag } });
}

function etagOf(content: string | Buffer): string {
  return `"${createHash("sha256").update(content).digest("base64url").slice(0, 27)}"`;
}

function has({ env }: AtRoute, etag: string): boolean {
  const known = env.source.headers["if-none-match"] ?? "";
  return known.split(",").some((each) => each.trim() === etag);
}
