// run.json: read, created once, and changed by pure patches only.
import * as v from "valibot";
import { JSON_TYPE, isRecord, parsedJson, prettyJson } from "./json.ts";
import { runPath } from "./paths.ts";
import { Run } from "./run.ts";
import { NOTHING, type Content, type Generation, type RunStore } from "./run-store.ts";

/** What a run was read as, with the version it was. */
export interface ReadRun {
  readonly run: Run;
  /** The same as it stands there, without what `run` has in place of what is absent. */
  readonly written: Readonly<Record<string, unknown>>;
  readonly generation: Generation;
}

/** What becomes of a run; the same run where nothing does. It may be asked again of a later version: it has no effects. */
export type Patch = (run: Run) => Run;

/** Times to read a run again that others change at the same time. */
const MAX_ATTEMPTS = 20;
const FIRST_WAIT_SECONDS = 0.05;
const LONGEST_WAIT_SECONDS = 2;

/** What changing an object that others change too needs from the world. */
export interface ContentionPorts {
  readonly wait: (seconds: number) => Promise<void>;
  /** 0 to 1. */
  readonly random: () => number;
}

/** Undefined where there is no such run, or what is there is no run. */
export async function readRun(store: RunStore, runId: string): Promise<ReadRun | undefined> {
  const stored = await store.get(runPath(runId));
  if (stored === undefined) return undefined;
  const written = parsedJson(stored.bytes);
  const run = v.safeParse(Run, written);
  if (!run.success || !isRecord(written)) return undefined;
  return { run: run.output, written, generation: stored.generation };
}

/** False where a run of that id exists. */
export async function createRun(store: RunStore, runId: string, run: Run): Promise<boolean> {
  return (await store.put(runPath(runId), jsonContent(run), NOTHING)) !== undefined;
}

/**
 * Changes a run as it is by then: where another change came between, it is read again and the patch asked anew. The run as
 * it is now; undefined where there is none. Throws where others never let it be.
 */
export async function updateRun(
  store: RunStore,
  runId: string,
  patch: Patch,
  ports: ContentionPorts,
): Promise<Run | undefined> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const read = await readRun(store, runId);
    if (read === undefined) return undefined;
    const patched = patch(read.run);
    if (patched === read.run) return read.run;
    const generation = await store.put(runPath(runId), jsonContent(patched), read.generation);
    if (generation !== undefined) return patched;
    await backOff(attempt, ports);
  }
  throw new Error(`${runId}/run.json changes all the time.`);
}

/** Full jitter, so that those who collided do not again. */
export async function backOff(attempt: number, { wait, random }: ContentionPorts): Promise<void> {
  await wait(random() * Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** attempt));
}

/** JSON as an object's content. */
export function jsonContent(value: unknown, metadata?: Content["metadata"]): Content {
  const bytes = Buffer.from(prettyJson(value));
  return { bytes, contentType: JSON_TYPE, ...(metadata !== undefined && { metadata }) };
}
