import { createGunzip } from "node:zlib";
import { Transform } from "node:stream";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ARCHIVE_LIMITS } from "../limits.ts";
import type { ArchiveLimits } from "../limits.ts";
import { BadArchive, tarEntries } from "./tar.ts";
import type { TarEntry } from "./tar.ts";
import { Tree, partsOf } from "./tree.ts";

export { BadArchive };

/**
 * Unpacks a gzipped tarball into an empty folder, without its first level; returns when its last byte had arrived, by the
 * clock that is given. Tree says what becomes of links and odd names. Throws BadArchive, what the source and the file
 * system throw, and the signal's reason.
 */
export async function unpack(
  source: Readable,
  folder: string,
  now: () => number,
  signal: AbortSignal,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
): Promise<number> {
  let arrived = now();
  const tree = new Tree(folder, limits.entries);
  const write = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    const paths = new Paths();
    for await (const entry of tarEntries(chunks, limits.headerBytes)) {
      await add(entry, paths.inside(entry.path), paths, tree);
    }
    await tree.finish(signal);
  };
  const download = limit(limits.bytes, () => (arrived = now()));
  try {
    const steps = [source, download, createGunzip(), limit(limits.unpackedBytes), write] as const;
    await pipeline(...steps, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
  return arrived;
}

async function add(entry: TarEntry, path: string, paths: Paths, tree: Tree): Promise<void> {
  const { kind, target, isExecutable, content } = entry;
  if (kind === "folder") await tree.folder(path);
  else if (path === "") throw new BadArchive(`${shown(entry.path)} is in no folder.`);
  else if (kind === "file") await tree.file(path, isExecutable, content);
  else if (kind === "link") await tree.link(path, target);
  else if (kind === "hard link") await tree.link(path, paths.seenFrom(path, target));
  else throw new BadArchive(`${shown(entry.path)} is no file, folder or link.`);
}

/** Paths in an archive, where all that GitHub packs is in one folder. */
class Paths {
  #folder: string | undefined;

  /** The path within that folder. Throws BadArchive for one that git itself would not take. */
  inside(path: string): string {
    const [first, ...parts] = partsOf(path);
    this.#folder ??= first;
    if (path.startsWith("/") || [first, ...parts].includes("..") || first !== this.#folder) {
      throw new BadArchive(`${shown(path)} leads out of it.`);
    }
    if (parts.some((part) => part.toLowerCase() === ".git")) {
      throw new BadArchive(`${shown(path)} is git's own.`);
    }
    return parts.join("/");
  }

  /** The target of a hard link as one of a symbolic link, which reads the same and may come before it. */
  seenFrom(path: string, target: string): string {
    const [first, ...parts] = partsOf(target);
    const top = "../".repeat(path.split("/").length - 1);
    return first === this.#folder ? top + parts.join("/") : `${top}../${target}`;
  }
}

function limit(max: number, atEnd: () => void = () => undefined): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > max) done(new BadArchive(`It is larger than ${max / 1024 / 1024} MB.`));
      else done(null, chunk);
    },
    flush(done) {
      atEnd();
      done();
    },
  });
}

function shown(path: string): string {
  return JSON.stringify(Buffer.from(path, "latin1").toString().slice(0, 200));
}
