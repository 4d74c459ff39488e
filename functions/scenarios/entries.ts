// The index of a tenant's runs: one small object a run, whose name puts the newest first and whose metadata says all that a
// list shows, so that one request lists a page.
import { JSON_TYPE } from "./json.ts";
import { labelFor } from "./labels.ts";
import { indexFolder } from "./paths.ts";
import type { Run } from "./run.ts";
import { NOTHING, type Content, type ListedObject, type RunStore } from "./run-store.ts";
import { backOff, readRun, type ContentionPorts } from "./runs.ts";

/** What a list knows of a run. */
export interface Entry {
  readonly runId: string;
  /** Its place in the list: the newest is the least. */
  readonly key: string;
  readonly label: string;
  readonly status: string;
  readonly isFinal: boolean;
  readonly isDeleted: boolean;
}

/** Ids of ours, of the original and of its verify script say when their run began: `20261121021712`, `verify-…`. */
const TIMED_ID = /^(?:verify-)?(\d{14})(?:-|$)/;
const TIME_DIGITS = 14;
const MAX_ATTEMPTS = 20;

/** The time in a run's id: its 14 digits; undefined where it has none. */
export function timeInId(runId: string): string | undefined {
  return TIMED_ID.exec(runId)?.[1];
}

/** The time in an id says it for good; else run.json does. */
export function keyOf(runId: string, createdAt: string | null | undefined): string {
  const written = (createdAt ?? "").replaceAll(/\D/g, "").slice(0, TIME_DIGITS);
  const time = timeInId(runId) ?? written.padEnd(TIME_DIGITS, "0");
  return `${inverted(time)}-${runId}`;
}

/** Digits from which the later time is the lesser; the same again gives the time back. */
export function inverted(digits: string): string {
  return digits.replaceAll(/\d/g, (digit) => String(9 - Number(digit)));
}

export function timeOf(key: string): string {
  return inverted(key.slice(0, TIME_DIGITS));
}

/** The entry that an object of the index is. */
export function entryIn({ path, metadata }: ListedObject): Entry {
  const key = path.slice(indexFolder.length);
  const runId = key.slice(TIME_DIGITS + 1);
  return {
    runId,
    key,
    label: metadata.label ?? runId,
    status: metadata.status ?? "",
    isFinal: metadata.is_final === "true",
    isDeleted: metadata.is_deleted === "true",
  };
}

/**
 * Brings a run's entry up to what run.json says, or to what `after` is going to make of it. The entry as it is then;
 * undefined where there is no such run.
 */
export async function index(
  store: RunStore,
  runId: string,
  ports: ContentionPorts,
  after: (run: Run) => Run = (run) => run,
): Promise<Entry | undefined> {
  let path = "";
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    // Before run.json: an entry made of an older run is never put over one of a newer.
    const before = path === "" ? NOTHING : ((await store.get(path))?.generation ?? NOTHING);
    const read = await readRun(store, runId);
    if (read === undefined) return undefined;
    const entry = await entryOf(store, runId, after(read.run));
    path = `${indexFolder}${entry.key}`;
    if ((await store.put(path, contentOf(entry), before)) !== undefined) return entry;
    if (attempt > 0) await backOff(attempt, ports);
  }
  throw new Error(`The entry of ${runId} changes all the time.`);
}

async function entryOf(store: RunStore, runId: string, run: Run): Promise<Entry> {
  return {
    runId,
    key: keyOf(runId, run.created_at),
    label: await labelFor(store, runId, run),
    status: run.status ?? "",
    isFinal: run.is_final,
    isDeleted: run.is_deleted,
  };
}

function contentOf({ label, status, isFinal, isDeleted }: Entry): Content {
  const metadata = {
    label,
    status,
    is_final: String(isFinal),
    is_deleted: String(isDeleted),
  };
  return { bytes: Buffer.from("{}"), contentType: JSON_TYPE, metadata };
}
