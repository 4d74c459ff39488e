import { mkdir, mkdtemp, readFile, readdir, readlink, realpath, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { MAX_CONFIGURATION_BYTES } from "../limits.ts";
import type { Located, Place } from "../ports.ts";
import { codeOf } from "./code-of.ts";
import { endProcessesOf } from "./processes.ts";

/** Folders of ours, with the process that made them: `switchyard-plan-<pid>-…`. */
const OURS = /^switchyard-plan-(\d+)-/;

/** A folder of its own in the temporary folder. Nobody else can read it. */
export async function ownFolder(): Promise<string> {
  return realpath(await mkdtemp(path.join(tmpdir(), `switchyard-plan-${process.pid}-`)));
}

/** Makes a place for one plan. */
export async function openPlace(): Promise<Place> {
  const root = await ownFolder();
  const folders = { checkout: `${root}/checkout`, data: `${root}/data` };
  // OpenTofu's home and temporary folder stand beside them.
  const made = [folders.checkout, folders.data, homeOf(folders), temporaryOf(folders)];
  await Promise.all(made.map((folder) => mkdir(folder)));
  return {
    ...folders,
    plan: `${root}/plan`,
    locate: (folder, file) => locate([folders.checkout, folders.data], folder, file),
    names: async (folder) => {
      const entries = await readdir(folder, { withFileTypes: true });
      return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
    },
    read,
    lost: () => lostIn(Buffer.from(folders.checkout)),
    remove: async () => {
      await endProcessesOf(root);
      return removeFolder(root);
    },
  };
}

/** Opens a place once the one before it is removed: removing one may end all that runs beside this process. */
export function oneAtATime(open: () => Promise<Place>): () => Promise<Place> {
  let last: Promise<unknown> = Promise.resolve();
  return async () => {
    const before = last;
    const { promise: over, resolve: end } = Promise.withResolvers<undefined>();
    last = over;
    await before;
    try {
      const place = await open();
      return { ...place, remove: () => place.remove().finally(() => end(undefined)) };
    } catch (error) {
      end(undefined);
      throw error;
    }
  };
}

/** HOME of what runs for a plan. */
export function homeOf({ data }: Pick<Place, "data">): string {
  return path.join(path.dirname(data), "home");
}

/** TMPDIR of what runs for a plan. */
export function temporaryOf({ data }: Pick<Place, "data">): string {
  return path.join(path.dirname(data), "tmp");
}

/** Removes what processes of this role left behind that did not live to do it, and ends what they had started. */
export async function clearLeftovers(): Promise<void> {
  const folder = await realpath(tmpdir());
  for (const name of await readdir(folder)) {
    const pid = OURS.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    await endProcessesOf(path.join(folder, name));
    await removeFolder(path.join(folder, name));
  }
}

async function locate(roots: readonly string[], folder: string, file: string): Promise<Located> {
  let real: string;
  try {
    real = await realpath(path.resolve(folder, file));
  } catch (error) {
    return { kind: codeOf(error) === "ELOOP" ? "outside" : "missing" };
  }
  const isInside = roots.some((root) => real === root || real.startsWith(`${root}/`));
  if (!isInside) return { kind: "outside" };
  const stats = await stat(real);
  if (stats.isDirectory()) return { kind: "folder", path: real };
  return stats.isFile() ? { kind: "file", path: real } : { kind: "missing" };
}

async function read(file: string): Promise<string | undefined> {
  const stats = await stat(file).catch(() => undefined);
  if (stats?.isFile() !== true || stats.size > MAX_CONFIGURATION_BYTES) return undefined;
  return readFile(file, "utf8");
}

/** A link to itself, in a folder or below it; names are bytes. */
async function lostIn(folder: Buffer, below = ""): Promise<string | undefined> {
  const entries = await readdir(folder, { withFileTypes: true, encoding: "buffer" });
  for (const entry of entries) {
    const at = Buffer.concat([folder, Buffer.from("/"), entry.name]);
    const shown = `${below}${entry.name.toString()}`;
    if (entry.isDirectory()) {
      const lost = await lostIn(at, `${shown}/`);
      if (lost !== undefined) return lost;
    }
    if (entry.isSymbolicLink() && (await readlink(at, "buffer")).equals(entry.name)) return shown;
  }
  return undefined;
}

/** False where something could not be removed. */
export async function removeFolder(folder: string): Promise<boolean> {
  return rm(folder, { recursive: true, force: true }).then(
    () => true,
    () => false,
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}
