// Runs that others wrote, found without a list: by looking at every folder.
import * as v from "valibot";
import { RunId } from "../messages/scenario-names.ts";
import { entryIn, index } from "./entries.ts";
import { everything } from "./lists.ts";
import { indexFolder } from "./paths.ts";
import type { ListedObject, RunStore } from "./run-store.ts";
import type { ContentionPorts } from "./runs.ts";

const AT_ONCE = 16;

export interface Swept {
  readonly folders: number;
  /** Runs that the index did not know. */
  readonly added: number;
  /** Entries of runs that are gone. */
  readonly removed: number;
}

/** Brings the index in step with the folders that are there. Cut off, the next one goes on. */
export async function sweep(store: RunStore, ports: ContentionPorts): Promise<Swept> {
  // The index first: a run that comes meanwhile has its folder before its entry.
  const entries = await everything(store, { prefix: indexFolder });
  const known = new Map(entries.map((object) => [entryIn(object).runId, object]));
  const gone = new Map<string, ListedObject>(known);
  let folders = 0;
  let added = 0;
  let token: string | undefined;
  do {
    const page = await store.list({
      prefix: "",
      isShallow: true,
      ...(token !== undefined && { token }),
    });
    const ids = page.folders.map((folder) => folder.slice(0, -1)).filter((id) => v.is(RunId, id));
    folders += ids.length;
    for (const id of ids) gone.delete(id);
    const found = await inGroups(
      ids.filter((id) => !known.has(id)),
      (id) => index(store, id, ports),
    );
    added += found.filter((entry) => entry !== undefined).length;
    token = page.token;
  } while (token !== undefined);
  await inGroups([...gone.values()], ({ path, generation }) => store.remove(path, generation));
  return { folders, added, removed: gone.size };
}

async function inGroups<In, Out>(
  items: readonly In[],
  action: (item: In) => Promise<Out>,
): Promise<Out[]> {
  const results: Out[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(action))));
  }
  return results;
}
