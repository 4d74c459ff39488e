import { lstat, readFile, readdir, readlink } from "node:fs/promises";

/** Everything in a folder, by path: `folder`, `file …`, `program …`, `link …`. Its texts are latin1 for bytes. */
export async function snapshot(folder: string): Promise<Record<string, string>> {
  return Object.fromEntries(await entriesOf(Buffer.from(folder), ""));
}

async function entriesOf(folder: Buffer, below: string): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for (const name of await readdir(folder, { encoding: "buffer" })) {
    const at = Buffer.concat([folder, Buffer.from("/"), name]);
    const path = below + name.toString("latin1");
    const stats = await lstat(at);
    if (stats.isSymbolicLink()) {
      found.push([path, `link ${(await readlink(at, "buffer")).toString("latin1")}`]);
    } else if (stats.isDirectory()) {
      found.push([path, "folder"], ...(await entriesOf(at, `${path}/`)));
    } else {
      const kind = (stats.mode & 0o100) === 0 ? "file" : "program";
      found.push([path, `${kind} ${(await readFile(at)).toString("latin1")}`]);
    }
  }
  return found.sort(([a], [b]) => (a < b ? -1 : 1));
}
