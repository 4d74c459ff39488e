// Pages of a tenant's runs, the newest first. What the index knows takes one request; two more find runs that others wrote
// beside it, as the original and its verify script do, where their ids say when they began.
import * as v from "valibot";
import { RunId } from "../messages/scenario-names.ts";
import { entryIn, index, keyOf, timeInId, timeOf, type Entry } from "./entries.ts";
import { indexFolder } from "./paths.ts";
import type { RunStore } from "./run-store.ts";
import type { ContentionPorts } from "./runs.ts";

export interface PageQuery {
  /** At most so many runs. */
  readonly limit: number;
  /** Where the page before ended. Absent: from the newest. */
  readonly after?: string | undefined;
  /** Which runs are shown. */
  readonly shows: (entry: Entry) => boolean;
}

export interface RunPage {
  readonly entries: readonly Entry[];
  /** Where the next page begins; undefined on the last one. */
  readonly next: string | undefined;
}

/** So that a page in the midst of thousands of deleted runs ends; it is a short one then. */
const MAX_INDEX_CALLS = 8;
const MAX_FOLDER_CALLS = 5;
const MOST_OF_A_CALL = 1_000;

/** Behind every key and every time. */
const END = "~";

export async function pageOfRuns(
  store: RunStore,
  { limit, after = "", shows }: PageQuery,
  ports: ContentionPorts,
): Promise<RunPage> {
  const { entries, reached } = await indexed(store, { limit, after, shows });
  const known = new Set(entries.map(({ key }) => key));
  const strangers = (await timedFolders(store, after, reached))
    .filter((key) => key > after && key <= reached && !known.has(key))
    .sort();
  // Each costs requests of its own, once: the page ends with the last of them that was looked at.
  const looked = strangers.slice(0, limit);
  const end = looked.length < strangers.length ? (looked.at(-1) ?? reached) : reached;
  const found = await Promise.all(looked.map((key) => index(store, runIdOf(key), ports)));
  const all = [...entries, ...found.filter((entry) => entry !== undefined)]
    .filter((entry) => entry.key <= end && shows(entry))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const page = all.slice(0, limit);
  if (page.length < all.length) return { entries: page, next: page.at(-1)?.key };
  return { entries: page, next: end === END ? undefined : end };
}

/** The entries of a page and the key that they reach to, END where there are no more. */
async function indexed(store: RunStore, { limit, after, shows }: Required<PageQuery>) {
  const entries: Entry[] = [];
  let shown = 0;
  let token: string | undefined;
  for (let call = 0; call < MAX_INDEX_CALLS; call += 1) {
    const page = await store.list({
      prefix: indexFolder,
      // The first name behind the key: no id has that character.
      from: `${indexFolder}${after}${after === "" ? "" : "!"}`,
      max: call === 0 ? Math.min(limit + 1, MOST_OF_A_CALL) : MOST_OF_A_CALL,
      ...(token !== undefined && { token }),
    });
    const more = page.objects.map(entryIn);
    entries.push(...more);
    shown += more.filter(shows).length;
    token = page.token;
    if (token === undefined) return { entries, reached: END };
    if (shown >= limit) break;
  }
  return { entries, reached: entries.at(-1)?.key ?? END };
}

/** Keys of the runs whose ids lie in that time, whether or not the index knows them. */
async function timedFolders(store: RunStore, after: string, reached: string): Promise<string[]> {
  const from = reached === END ? "" : timeOf(reached);
  const until = after === "" ? END : `${timeOf(after)}${END}`;
  const folders = await Promise.all([
    folderNames(store, "", from, after === "" ? ":" : until),
    folderNames(store, "verify-", `verify-${from}`, `verify-${until}`),
  ]);
  return (
    folders
      .flat()
      // What is no id could not be asked for by it, nor stand in a cursor.
      .filter((runId) => v.is(RunId, runId) && timeInId(runId) !== undefined)
      .map((runId) => keyOf(runId, undefined))
  );
}

async function folderNames(
  store: RunStore,
  prefix: string,
  from: string,
  until: string,
): Promise<string[]> {
  const names: string[] = [];
  let token: string | undefined;
  for (let call = 0; call < MAX_FOLDER_CALLS; call += 1) {
    const page = await store.list({
      prefix,
      isShallow: true,
      from,
      until,
      ...(token !== undefined && { token }),
    });
    names.push(...page.folders.map((folder) => folder.slice(0, -1)));
    token = page.token;
    if (token === undefined) break;
  }
  return names;
}

function runIdOf(key: string): string {
  return key.slice(key.indexOf("-") + 1);
}
