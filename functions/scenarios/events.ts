// What happened to the nodes of a run: one immutable object an event, and the files of lines that are made of them once.
import * as v from "valibot";
import { NODE_NAMES, type NodeName } from "../messages/scenario-names.ts";
import { JSON_LINES_TYPE, JSON_TYPE, jsonLines, parsedJson, spacedJson } from "./json.ts";
import { everything } from "./lists.ts";
import { overwrite } from "./overwrite.ts";
import { eventsFolder, eventsPath, logPath, normalizationFolder } from "./paths.ts";
import { NodeEvent, Normalization } from "./run.ts";
import type { ContentionPorts } from "./runs.ts";
import { NOTHING, type ListedObject, type RunStore } from "./run-store.ts";

/** Of an error's text in an event, so that the whole row fits beside its object. */
export const MAX_ERROR_LENGTH = 1_000;

const NODE_EVENTS = "node_events.jsonl";
const NORMALIZATION = "normalization.jsonl";

/** An event whose attempt is to be counted. */
export interface NewEvent {
  readonly timestamp: string;
  readonly node: NodeName;
  readonly status: NodeEvent["status"];
  readonly inputs: string[];
  readonly outputs: string[];
  readonly tools: string[];
  readonly schema_validated: boolean;
  readonly duration_seconds: number;
  readonly error?: string;
  readonly execution?: number;
  readonly usage?: NodeEvent["usage"];
}

/**
 * The attempt that an event belongs to: the same where it ends what is running, else the next. So what was running when a
 * worker was killed is an attempt too.
 */
export function withAttempt(before: readonly NodeEvent[], event: NewEvent): NodeEvent {
  const last = before.filter(({ node }) => node === event.node).at(-1);
  const isEnd = last?.status === "RUNNING" && ["OK", "FAIL"].includes(event.status);
  return { ...event, attempt: isEnd ? last.attempt : (last?.attempt ?? 0) + 1 };
}

/** Notes an event. The row stands beside the object too, so that one list shows all. Noted twice, it is there once. */
export async function addEvent(store: RunStore, runId: string, event: NodeEvent): Promise<void> {
  const error = event.error?.slice(0, MAX_ERROR_LENGTH);
  const row = spacedJson({ ...event, ...(error !== undefined && { error }) });
  const content = { bytes: Buffer.from(row), contentType: JSON_TYPE, metadata: { row } };
  await store.put(`${eventsFolder(runId)}${eventName(event)}`, content, NOTHING);
}

/** All events of a run in the order of time. `isFinal`: it has ended, and its file is complete. */
export async function readEvents(
  store: RunStore,
  runId: string,
  isFinal: boolean,
): Promise<NodeEvent[]> {
  if (isFinal) {
    const lines = await linesOf(store, eventsPath(runId));
    if (lines.length > 0) return eventsIn(lines);
  }
  const objects = await everything(store, { prefix: eventsFolder(runId) });
  if (objects.length > 0) return eventsListed(objects);
  const lines = await linesOf(store, eventsPath(runId));
  return eventsIn(lines.length > 0 ? lines : await linesOf(store, logPath(runId, NODE_EVENTS)));
}

/** Those that objects of `eventsFolder` are, as a list shows them. */
export function eventsListed(objects: readonly ListedObject[]): NodeEvent[] {
  return eventsIn(objects.map(({ metadata }) => parsedJson(metadata.row ?? "")));
}

/** What an attempt of a node repaired. */
export async function addNormalization(
  store: RunStore,
  runId: string,
  { node, attempt }: Pick<NodeEvent, "node" | "attempt">,
  rows: readonly Normalization[],
  ports: ContentionPorts,
): Promise<void> {
  if (rows.length === 0) return;
  const path = `${normalizationFolder(runId)}${node}-${attempt}.jsonl`;
  await overwrite(store, path, linesContent(rows), ports);
}

/** In the order of the attempts' ends. */
export async function readNormalization(
  store: RunStore,
  runId: string,
  isFinal: boolean,
): Promise<Record<string, unknown>[]> {
  if (isFinal) {
    const lines = await linesOf(store, logPath(runId, NORMALIZATION));
    if (lines.length > 0) return lines;
  }
  const objects = await everything(store, { prefix: normalizationFolder(runId) });
  if (objects.length === 0) return linesOf(store, logPath(runId, NORMALIZATION));
  const inTime = objects.toSorted((a, b) => (BigInt(a.generation) < BigInt(b.generation) ? -1 : 1));
  const all = await Promise.all(inTime.map(({ path }) => linesOf(store, path)));
  return all.flat();
}

/** Makes the files of lines, as the original's tools read them. Once, at the end of an execution. */
export async function writeLogs(
  store: RunStore,
  runId: string,
  ports: ContentionPorts,
): Promise<void> {
  const events = linesContent(await readEvents(store, runId, false));
  const normalization = linesContent(await readNormalization(store, runId, false));
  await Promise.all([
    overwrite(store, eventsPath(runId), events, ports),
    overwrite(store, logPath(runId, NODE_EVENTS), events, ports),
    overwrite(store, logPath(runId, NORMALIZATION), normalization, ports),
  ]);
}

/** Their order is that of time, and among equal times that of the nodes and their attempts. */
function eventName({ timestamp: at, node, attempt, status }: NodeEvent): string {
  const digits = at.replaceAll(/\D/g, "").slice(0, 20);
  const place = NODE_NAMES.findIndex((name) => name === node);
  const rank = [place, attempt, status === "RUNNING" ? 0 : 1].map((each) =>
    String(each).padStart(2, "0"),
  );
  return `${digits}-${rank.join("")}-${node}-${status.toLowerCase()}.json`;
}

function linesContent(rows: readonly unknown[]) {
  const text = rows.map((row) => `${spacedJson(row)}\n`).join("");
  return { bytes: Buffer.from(text), contentType: JSON_LINES_TYPE };
}

async function linesOf(store: RunStore, path: string): Promise<Record<string, unknown>[]> {
  const stored = await store.get(path);
  return stored === undefined ? [] : jsonLines(stored.bytes);
}

/** What is no event is left out: others write these files too. */
function eventsIn(rows: readonly unknown[]): NodeEvent[] {
  return rows
    .map((row) => v.safeParse(NodeEvent, row))
    .flatMap((result) => (result.success ? [result.output] : []));
}
