// What can be read of runs. Without a key: runs that have ended and are not deleted; of others nobody learns that they are
// there (contract, D6).
import type { Reply } from "../runtime/door/reply.ts";
import { artifactLinks, listArtifacts, typeOf } from "../scenarios/artifacts.ts";
import { readEvents, readNormalization } from "../scenarios/events.ts";
import { jsonLines, parsedJson } from "../scenarios/json.ts";
import { readLatest } from "../scenarios/latest.ts";
import { pageOfRuns } from "../scenarios/pages.ts";
import { isStalled, nodeStatusOf } from "../scenarios/patches.ts";
import { artifactPath, imagePath, logPath } from "../scenarios/paths.ts";
import type { Run } from "../scenarios/run.ts";
import type { RunStore } from "../scenarios/run-store.ts";
import { readRun, type ReadRun } from "../scenarios/runs.ts";
import {
  VIEW_MODEL,
  makeViewModel,
  readJson,
  readRunConfig,
  withRunMeta,
} from "../scenarios/view-model.ts";
import type { Caller } from "./keys.ts";
import { runsFor, type ListRequest } from "./listing.ts";
import type { Ports } from "./ports.ts";
import { refused, runNotFound } from "./refusals.ts";

/** A run that a caller may see. */
export interface Seen {
  readonly store: RunStore;
  readonly runId: string;
  readonly run: Run;
  /** run.json as it stands there. */
  readonly written: ReadRun["written"];
  /** Of run.json. */
  readonly generation: ReadRun["generation"];
}

/** 404 for what is not there, and for what an anonymous caller may not see. */
export async function seenBy(caller: Caller, runId: string, { stores }: Ports): Promise<Seen> {
  const store = stores.of(caller.tenant);
  const read = await readRun(store, runId);
  if (read === undefined) throw runNotFound();
  const { run, written, generation } = read;
  if (!caller.isKnown && (!run.is_final || run.is_deleted)) throw runNotFound();
  return { store, runId, run, written, generation };
}

export async function listRuns(request: ListRequest, caller: Caller, ports: Ports): Promise<Reply> {
  const { entries, next } = await runsFor(request, caller, ports);
  return {
    status: 200,
    body: {
      runs: entries.map(({ runId }) => runId),
      labels: Object.fromEntries(entries.map(({ runId, label }) => [runId, label])),
      statuses: Object.fromEntries(entries.map(({ runId, status }) => [runId, status])),
      next_cursor: next ?? null,
    },
  };
}

/** run.json as it was written, its nodes as they are this moment. */
async function live(
  { store, runId, run, written }: Seen,
  { now }: Ports,
): Promise<Readonly<Record<string, unknown>>> {
  if (run.is_final) return written;
  const events = await readEvents(store, runId, false);
  const nodes = { ...run.node_status, ...nodeStatusOf(events) };
  return { ...written, node_status: nodes, ...(isStalled(run, now()) && { is_stalled: true }) };
}

export async function showRun(caller: Caller, runId: string, ports: Ports): Promise<Reply> {
  const seen = await seenBy(caller, runId, ports);
  const names = await listArtifacts(seen.store, runId);
  const meta = await live(seen, ports);
  return {
    status: 200,
    body: { run_id: runId, meta, artifacts: artifactLinks(seen.store, runId, names) },
  };
}

export async function showArtifact(
  caller: Caller,
  runId: string,
  name: string,
  ports: Ports,
): Promise<Reply> {
  const seen = await seenBy(caller, runId, ports);
  if (name === VIEW_MODEL) return { status: 200, body: await viewModel(seen, ports) };
  const stored = await seen.store.get(artifactPath(runId, name));
  if (stored === undefined) throw refused(404, "not_found", "Artifact not found.");
  const value = name.endsWith(".json") ? parsedJson(stored.bytes) : undefined;
  const type = value === undefined ? "text/plain" : "application/json";
  return {
    status: 200,
    body: value === undefined ? stored.bytes.toString() : JSON.stringify(value),
    headers: { "content-type": `${type}; charset=utf-8` },
  };
}

/** As it was frozen at the end, or made of what is there by now; with run.json laid over. */
export async function viewModel(seen: Seen, ports: Ports): Promise<Record<string, unknown>> {
  const { store, runId, run } = seen;
  const frozen = run.is_final ? await readJson(store, artifactPath(runId, VIEW_MODEL)) : undefined;
  const model =
    frozen === undefined
      ? await makeViewModel(store, runId, await listArtifacts(store, runId))
      : (frozen as Record<string, unknown>);
  return withRunMeta(model, runId, await live(seen, ports), await readRunConfig(store, runId));
}

/** An image's bytes. */
export interface Image {
  readonly bytes: Buffer;
  readonly type: string;
}

export async function showImage(
  caller: Caller,
  runId: string,
  name: string,
  ports: Ports,
): Promise<Image> {
  const { store } = await seenBy(caller, runId, ports);
  const type = typeOf(name);
  const stored = type.startsWith("image/") ? await store.get(imagePath(runId, name)) : undefined;
  if (stored === undefined) throw refused(404, "not_found", "Image not found.");
  return { bytes: stored.bytes, type };
}

export async function showEvents(caller: Caller, runId: string, ports: Ports): Promise<Reply> {
  const { store, run } = await seenBy(caller, runId, ports);
  return { status: 200, body: { entries: await readEvents(store, runId, run.is_final) } };
}

export async function showNormalization(
  caller: Caller,
  runId: string,
  ports: Ports,
): Promise<Reply> {
  const { store, run } = await seenBy(caller, runId, ports);
  return { status: 200, body: { entries: await readNormalization(store, runId, run.is_final) } };
}

/** GET /run/{run_id}/logs/{name}: with or without the ending of its file. */
export async function showLog(
  caller: Caller,
  runId: string,
  name: string,
  ports: Ports,
): Promise<Reply> {
  const log = name.replace(/\.jsonl$/, "");
  if (log === "node_events") return showEvents(caller, runId, ports);
  if (log === "normalization") return showNormalization(caller, runId, ports);
  const { store } = await seenBy(caller, runId, ports);
  const stored = await store.get(logPath(runId, name));
  if (stored === undefined) throw refused(404, "not_found", "Log not found.");
  return { status: 200, body: { entries: jsonLines(stored.bytes) } };
}

/** The run that ended last, unless it is gone; else the newest that the caller sees. */
export async function latestRun(caller: Caller, ports: Ports): Promise<Seen | undefined> {
  const store = ports.stores.of(caller.tenant);
  const pointer = await readLatest(store);
  const pointed = pointer === undefined ? undefined : await readRun(store, pointer.run_id);
  if (pointer !== undefined && pointed?.run.is_final === true && !pointed.run.is_deleted) {
    return { store, runId: pointer.run_id, ...pointed };
  }
  const shows = shownTo(caller);
  const [newest] = (await pageOfRuns(store, { limit: 1, shows }, ports)).entries;
  const read = newest === undefined ? undefined : await readRun(store, newest.runId);
  if (newest === undefined || read === undefined) return undefined;
  return { store, runId: newest.runId, ...read };
}

function shownTo(caller: Caller) {
  return ({ isFinal, isDeleted }: { readonly isFinal: boolean; readonly isDeleted: boolean }) =>
    !isDeleted && (caller.isKnown || isFinal);
}

export async function showLatest(caller: Caller, ports: Ports): Promise<Reply> {
  const latest = await latestRun(caller, ports);
  if (latest === undefined) {
    return { status: 200, body: { run_id: null, daily_brief: {}, links: [] } };
  }
  const { store, runId } = latest;
  const names = await listArtifacts(store, runId);
  const isThere = names.includes("daily_brief.json");
  const brief = isThere
    ? await readJson(store, artifactPath(runId, "daily_brief.json"))
    : undefined;
  return {
    status: 200,
    body: { run_id: runId, daily_brief: brief ?? {}, links: artifactLinks(store, runId, names) },
  };
}
