/**
 * Bundles of client libraries, kept from one run to the next. They are most of what is bundled, and change only with the
 * lockfile: making them anew took most of the time in which a local cloud starts.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";

/** Gone with node_modules, whose packages they are made of. */
const FOLDER = "node_modules/.cache/switchyard-bundles";

/** The code that says what a bundle becomes. */
const BUNDLERS = ["bundle.ts", "builtin-modules.ts", "client-files.ts", "lazy-files.ts"];

/**
 * The bundle of a file that imports packages only: as it was kept, or made now and kept. What decides is the file's
 * content, the lockfile's and the bundler's.
 * @param file absolute
 * @param lockfile its text
 */
export async function keptBundle(
  file: string,
  lockfile: string,
  root: string,
  make: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const key = await keyOf(file, lockfile);
  const kept = path.join(root, FOLDER, `${key}.js`);
  const known = await readFile(kept).catch(() => undefined);
  if (known !== undefined) return known;
  const made = await make();
  await mkdir(path.dirname(kept), { recursive: true });
  // Replaced in one step: several processes may bundle at once.
  const temporary = `${kept}.${randomUUID()}`;
  await writeFile(temporary, made);
  await rename(temporary, kept);
  return made;
}

async function keyOf(file: string, lockfile: string): Promise<string> {
  const bundlers = BUNDLERS.map((name) => path.join(import.meta.dirname, name));
  const texts = await Promise.all([file, ...bundlers].map((each) => readFile(each, "utf8")));
  const hash = createHash("sha256");
  for (const text of [lockfile, ...texts]) hash.update(`${text.length}\0${text}`);
  return hash.digest("hex");
}
