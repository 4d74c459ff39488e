/** The files and folders below a folder, as they are at a moment. Links are not followed. */
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

export interface Entry {
  readonly kind: "file" | "folder" | "other";
  /** Another one after each change of the content; folders have none. */
  readonly version: string;
}

/** Path below the folder → entry, parents first. */
export async function treeOf(root: string, below = ""): Promise<Map<string, Entry>> {
  const found = new Map<string, Entry>();
  for (const name of (await readdir(join(root, below)).catch(() => [])).sort()) {
    const path = below === "" ? name : `${below}/${name}`;
    const entry = await entryOf(join(root, path));
    // Gone since the folder was read.
    if (entry === undefined) continue;
    found.set(path, entry);
    if (entry.kind !== "folder") continue;
    for (const [inner, each] of await treeOf(root, path)) found.set(inner, each);
  }
  return found;
}

export async function entryOf(file: string): Promise<Entry | undefined> {
  const about = await lstat(file, { bigint: true }).catch(() => undefined);
  if (about === undefined) return undefined;
  if (about.isDirectory()) return { kind: "folder", version: "" };
  if (!about.isFile()) return { kind: "other", version: "" };
  return { kind: "file", version: `${about.ino} ${about.size} ${about.mtimeNs}` };
}
