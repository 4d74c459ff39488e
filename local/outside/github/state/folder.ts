import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import type { Files, TreeFile } from "./git.ts";

/** What a working copy holds beside its files. An ignore file is not read: everything else belongs to the commit. */
const LEFT_OUT = new Set([".git", ".terraform", "node_modules"]);

/** All files of a real folder. Links stay links; sockets and the like are left out. */
export async function readFolder(folder: string): Promise<Files> {
  const files = new Map<string, TreeFile>();
  await collect(folder, "", files);
  return files;
}

async function collect(folder: string, prefix: string, files: Map<string, TreeFile>) {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries) {
    if (LEFT_OUT.has(entry.name)) continue;
    const place = join(folder, entry.name);
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory()) await collect(place, `${path}/`, files);
    else if (entry.isSymbolicLink()) {
      files.set(path, { mode: "120000", content: Buffer.from(await readlink(place)) });
    } else if (entry.isFile()) {
      const { mode } = await lstat(place);
      const executable = (mode & 0o100) !== 0;
      files.set(path, { mode: executable ? "100755" : "100644", content: await readFile(place) });
    }
  }
}
