/**
 * Bundles, kept from one run to the next: making them anew took most of the time in which a local cloud starts, and
 * those of client libraries, which change only with the lockfile, most of the time after a save.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import * as v from "valibot";

/** What a file becomes with all that it imports. */
export interface Compiled {
  /** Absolute paths of the project's own sources in it. */
  readonly inputs: readonly string[];
  /** Absolute paths of those that it loads at first use, which are not in it. */
  readonly lazy: readonly string[];
  readonly code: Uint8Array;
  /** Where its code comes from, as JSON on one line; undefined where none is of the project. */
  readonly map: Uint8Array | undefined;
}

export interface KeptOptions {
  /** Absolute. */
  readonly entry: string;
  /** Of the project; absolute. */
  readonly root: string;
  /** The text of package-lock.json, which decides on all packages. */
  readonly lockfile: string;
  /** What it is deployed as. */
  readonly form: "function" | "service";
  readonly make: () => Promise<Compiled>;
}

/** Gone with node_modules, whose packages they are made of. */
const FOLDER = "node_modules/.cache/switchyard-bundles";

/** The code that says what a bundle becomes. */
const BUNDLERS = [
  "bundle.ts",
  "builtin-modules.ts",
  "client-files.ts",
  "lazy-files.ts",
  "serve-alone.ts",
  "source-map.ts",
];
/** What the bundler reads in a project besides its sources. */
const SETTINGS = ["package.json", "tsconfig.json"];

/** Coarser than the times of any file system. */
const SETTLED_MS = 2_000;

/** The first line of a kept bundle; a line with its map, or an empty one, and its code follow. */
const Head = v.object({
  /** Relative to the root, as `lazy` is. */
  inputs: v.array(v.string()),
  lazy: v.array(v.string()),
  /** Of the inputs' contents. */
  hash: v.string(),
});

/** The bundle of an entry: as it was kept, or made now and kept. What decides is the content of all that it is made of. */
export async function keptBundle(options: KeptOptions): Promise<Compiled> {
  const { root, make } = options;
  const key = await keyOf(options);
  const file = path.join(root, FOLDER, `${key}.js`);
  const known = await read(file, root);
  if (known !== undefined) return known;
  const began = Date.now();
  const made = await make();
  if (await areOlder(made.inputs, began - SETTLED_MS)) await keep(file, made, root);
  return made;
}

async function keyOf({ entry, root, lockfile, form }: KeptOptions): Promise<string> {
  const bundlers = BUNDLERS.map((name) => path.join(import.meta.dirname, name));
  const settings = SETTINGS.map((name) => path.join(root, name));
  const texts = await Promise.all(
    [...bundlers, ...settings].map((name) => readFile(name, "utf8").catch(() => "")),
  );
  return hashOf([path.relative(root, entry), form, lockfile, ...texts]);
}

/** Undefined where nothing is kept, or what is kept was made of something else or is damaged. */
async function read(file: string, root: string): Promise<Compiled | undefined> {
  const absolute = (names: readonly string[]) => names.map((name) => path.join(root, name));
  try {
    const content = await readFile(file);
    const headEnd = content.indexOf("\n");
    const mapEnd = content.indexOf("\n", headEnd + 1);
    const { inputs, lazy, hash } = v.parse(Head, JSON.parse(content.toString("utf8", 0, headEnd)));
    if ((await hashOfFiles(absolute(inputs))) !== hash) return undefined;
    return {
      inputs: absolute(inputs),
      lazy: absolute(lazy),
      map: mapEnd === headEnd + 1 ? undefined : content.subarray(headEnd + 1, mapEnd),
      code: content.subarray(mapEnd + 1),
    };
  } catch {
    return undefined;
  }
}

async function keep(
  file: string,
  { inputs, lazy, map, code }: Compiled,
  root: string,
): Promise<void> {
  const relative = (names: readonly string[]) => names.map((name) => path.relative(root, name));
  const head: v.InferOutput<typeof Head> = {
    inputs: relative(inputs),
    lazy: relative(lazy),
    hash: await hashOfFiles(inputs),
  };
  await mkdir(path.dirname(file), { recursive: true });
  // Replaced in one step: several processes may bundle at once.
  const temporary = `${file}.${randomUUID()}`;
  await writeFile(temporary, [`${JSON.stringify(head)}\n`, map ?? "", "\n", code]);
  await rename(temporary, file);
}

/** Whether nobody can have changed one of them since it was read for a bundle. */
async function areOlder(files: readonly string[], time: number): Promise<boolean> {
  const stats = await Promise.all(files.map((file) => stat(file)));
  return stats.every(({ mtimeMs }) => mtimeMs < time);
}

async function hashOfFiles(files: readonly string[]): Promise<string> {
  return hashOf(await Promise.all(files.map((file) => readFile(file, "utf8"))));
}

function hashOf(texts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${text.length}\0${text}`);
  return hash.digest("hex");
}
