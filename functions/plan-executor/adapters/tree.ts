import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { codeOf } from "./code-of.ts";
import { BadArchive } from "./tar.ts";

/** So many characters of a name fit wherever names do. */
const PLAIN_NAME = 60;
/** The system follows no more (path_resolution(7)), and then nobody gets anywhere. */
const MAX_HOPS = 40;
/** What a file system says of a name that it cannot hold, or holds already, or of one below such a name. */
const OF_THE_NAME = new Set(["EEXIST", "EILSEQ", "ELOOP", "ENAMETOOLONG"]);

/**
 * A commit's files in a folder. Paths are latin1 for bytes, without `.` and `..`, and may come in any order. Nothing is
 * written through a link: the links are made last, when everything else has its place.
 *
 * What cannot be made as it is meant is lost: a link that leads out, and a name that the file system does not hold. In
 * its stead stands a link to itself. Nothing gets past one (ELOOP), where OpenTofu takes many a thing that is missing for
 * one that never was: a state, a lock file, what `fileexists` asks for. So it fails the plans that come by, and no others.
 */
export class Tree {
  readonly #root: string;
  readonly #maxEntries: number;
  readonly #folders = new Set([""]);
  /** Path → target. */
  readonly #links = new Map<string, string>();
  readonly #lost = new Set<string>();
  #entries = 0;

  /** `root`: an empty folder. `maxEntries`: files, folders and links. */
  constructor(root: string, maxEntries: number) {
    this.#root = root;
    this.#maxEntries = maxEntries;
  }

  /** Makes it and the folders above it; false where it is lost. */
  async folder(path: string): Promise<boolean> {
    if (this.#folders.has(path)) return true;
    for (let end = 0; end !== -1;) {
      end = path.indexOf("/", end + 1);
      const part = end === -1 ? path : path.slice(0, end);
      if (this.#folders.has(part)) continue;
      this.#count();
      // Recursive: one is there already where names differ in case only, and the file system does not tell.
      if (!(await this.#make(part, (at) => mkdir(at, { recursive: true })))) return false;
      this.#folders.add(part);
    }
    return true;
  }

  async file(path: string, isExecutable: boolean, content: AsyncIterable<Buffer>): Promise<void> {
    if (!(await this.folder(parentOf(path)))) return;
    this.#count();
    const options = { flag: "wx", mode: isExecutable ? 0o777 : 0o666 };
    await this.#make(path, (at) => writeFile(at, content, options));
  }

  /** `target`: seen from the folder of the link. */
  async link(path: string, target: string): Promise<void> {
    if (!(await this.folder(parentOf(path)))) return;
    this.#count();
    if (this.#links.has(path)) this.#lost.add(path);
    this.#links.set(path, target);
  }

  /** Makes the links. Throws the signal's reason. */
  async finish(signal: AbortSignal): Promise<void> {
    for (const [path, target] of this.#links) {
      signal.throwIfAborted();
      if (!staysInside(path, this.#links)) this.#lost.add(path);
      else await this.#make(path, (at) => symlink(Buffer.from(target, "latin1"), at));
    }
    for (const path of this.#lost) await this.#block(path);
  }

  /** Whether it could be made; throws what is not due to its name. */
  async #make(path: string, how: (at: Buffer) => Promise<unknown>): Promise<boolean> {
    try {
      await how(this.#at(path));
      return true;
    } catch (error) {
      if (!isOfTheName(error)) throw error;
      this.#lost.add(path);
      return false;
    }
  }

  #count(): void {
    this.#entries += 1;
    if (this.#entries <= this.#maxEntries) return;
    throw new BadArchive(`It has more than ${this.#maxEntries} files.`);
  }

  /** Where not even the link to itself can be, the nearest place above has it, be it for the second time. */
  async #block(path: string): Promise<void> {
    const at = this.#at(path);
    try {
      await rm(at, { recursive: true, force: true });
      await symlink(Buffer.from(nameOf(path), "latin1"), at);
    } catch (error) {
      if (!isOfTheName(error) || path === "") throw error;
      const plain = withPlainName(path);
      await this.#block(plain === path ? parentOf(path) : plain);
    }
  }

  #at(path: string): Buffer {
    return Buffer.concat([Buffer.from(`${this.#root}/`), Buffer.from(path, "latin1")]);
  }
}

/** Whether a link leads to a place within the tree, there or not, as the system follows it. */
function staysInside(path: string, links: ReadonlyMap<string, string>): boolean {
  if (links.get(path) === "") return false;
  const left = path.split("/").reverse();
  const at: string[] = [];
  for (let hops = 0; hops <= MAX_HOPS;) {
    const part = left.pop();
    if (part === undefined) return true;
    if (part === "..") {
      if (at.pop() === undefined) return false;
      continue;
    }
    at.push(part);
    const target = links.get(at.join("/"));
    if (target === undefined) continue;
    if (target.startsWith("/")) return false;
    at.pop();
    left.push(...partsOf(target).reverse());
    hops += 1;
  }
  return true;
}

/** The names in a path. */
export function partsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** With the end of the name, which says what kind of file it is, in characters that every file system knows. */
function withPlainName(path: string): string {
  const name = Buffer.from(nameOf(path), "latin1").toString().slice(-PLAIN_NAME);
  return partsOf(`${parentOf(path)}/${Buffer.from(name).toString("latin1")}`).join("/");
}

function isOfTheName(error: unknown): boolean {
  return OF_THE_NAME.has(codeOf(error) ?? "");
}
