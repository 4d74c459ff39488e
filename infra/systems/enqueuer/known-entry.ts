/** What an entry of `workers` says rightly, although it may say other things wrongly. */
import * as v from "valibot";
import { WorkerEntry } from "./worker-entry.ts";

/** A member of an entry that a rule looks at. */
export type Fact = "name" | "queue" | "deadlineSeconds" | "url" | "service" | "region";

/** An entry as far as it is well-formed. */
export interface KnownEntry {
  /** Its place in the list. */
  readonly index: number;
  readonly entry: WorkerEntry;
  /** The members that the entry says wrongly. */
  readonly unknown: ReadonlySet<string>;
}

/**
 * What is right about an entry, with the defaults of the rest, so that one mistake does not hide the next. A member that
 * is wrong and has no default gets a stand-in that no other worker has. Undefined where there is no entry at all.
 */
export function knownEntry(entry: unknown, index: number): KnownEntry | undefined {
  if (typeof entry !== "object" || entry === null) return undefined;
  const { issues = [] } = v.safeParse(WorkerEntry, entry);
  const paths = issues.map(({ path = [] }) => path.map(({ key }) => String(key)));
  const id = `unknown-${index}`;
  const isExternal = "url" in entry;
  const standIns = { name: id, ...(isExternal && { url: `https://${id}.invalid/`, service: id }) };
  const parsed = v.safeParse(WorkerEntry, { ...standIns, ...without(entry, paths) });
  if (!parsed.success) return undefined;
  return { index, entry: parsed.output, unknown: new Set(paths.map(([member]) => member ?? "")) };
}

function without(entry: object, paths: readonly (readonly string[])[]): object {
  const copy = structuredClone(entry);
  for (const path of paths) remove(copy, path);
  return copy;
}

function remove(from: unknown, [key = "", ...further]: readonly string[]): void {
  if (typeof from !== "object" || from === null) return;
  if (further.length === 0) Reflect.deleteProperty(from, key);
  else remove((from as Record<string, unknown>)[key], further);
}
