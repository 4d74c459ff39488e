import { createGunzip } from "node:zlib";
import { once } from "node:events";
import { Transform } from "node:stream";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Unpack } from "tar";
import type { ReadEntry } from "tar";
import { ARCHIVE_LIMITS } from "../limits.ts";
import type { ArchiveLimits } from "../limits.ts";

/** An archive that no repository makes, or that is too large. */
export class BadArchive extends Error {
  constructor(message: string) {
    super(message);
    this.name = "BadArchive";
  }
}

/** Types of entries that `git archive` writes. */
const TYPES = new Set(["File", "OldFile", "ContiguousFile", "Directory", "SymbolicLink"]);
/** What tar does not say of a healthy archive of these types. A link that was left out is no damage. */
const HARMLESS = new Set(["TAR_ENTRY_INFO", "TAR_SYMLINK_ERROR"]);

/**
 * Unpacks a gzipped tarball into a folder, without its first level; returns when its last byte had arrived, by the clock
 * that is given. Links that lead out of the folder are left out. Throws BadArchive, what the source throws, and the
 * signal's reason.
 */
export async function unpack(
  source: Readable,
  folder: string,
  now: () => number,
  signal: AbortSignal,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
): Promise<number> {
  let arrived = now();
  let refusal: BadArchive | undefined;
  const refuse = (message: string): false => {
    refusal ??= new BadArchive(message);
    return false;
  };
  const entries = new Entries(refuse, limits);
  const writer = new Unpack({
    cwd: folder,
    strip: 1,
    noMtime: true,
    preserveOwner: false,
    filter: (_path, entry) => refusal === undefined && entries.admits(entry as ReadEntry),
    onwarn: (code, message) => {
      if (!HARMLESS.has(code)) refuse(`It is damaged: ${message}`);
    },
  });
  let failure: unknown;
  // More than one may come, and one that nobody hears ends the process.
  writer.on("error", (error: unknown) => {
    failure ??= error;
  });
  let isFirst = true;
  let isOver = false;
  writer.once("eof", () => (isOver = true));
  const write = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) {
      // The writer would unpack what is packed twice, past the limit before it.
      if (isFirst && isPacked(chunk)) refuse("It is not a tarball.");
      isFirst = false;
      if (refusal !== undefined || failure !== undefined) throw refusal ?? failure;
      // What follows the end is for nobody, and the writer would hold all of it in memory.
      if (!isOver && !writer.write(chunk)) await once(writer, "drain", { signal });
    }
    const closed = once(writer, "close", { signal });
    writer.end();
    await closed;
    if (refusal !== undefined || failure !== undefined) throw refusal ?? failure;
  };
  const download = limit(limits.bytes, () => (arrived = now()));
  try {
    const steps = [source, download, createGunzip(), limit(limits.unpackedBytes), write] as const;
    await pipeline(...steps, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw refusal ?? error;
  }
  return arrived;
}

class Entries {
  readonly #refuse: (message: string) => false;
  readonly #limits: ArchiveLimits;
  #count = 0;
  #bytes = 0;

  constructor(refuse: (message: string) => false, limits: ArchiveLimits) {
    this.#refuse = refuse;
    this.#limits = limits;
  }

  /** Whether the entry is written. What is more than odd refuses the whole archive. */
  admits({ type, path, size, linkpath = "" }: ReadEntry): boolean {
    this.#count += 1;
    this.#bytes += size;
    const { entries, unpackedBytes, pathLength } = this.#limits;
    const parts = path.split("/");
    const shown = JSON.stringify(path.slice(0, 200));
    if (this.#count > entries) return this.#refuse(`It has more than ${entries} files.`);
    if (this.#bytes > unpackedBytes) return this.#refuse(tooLarge(unpackedBytes));
    if (path.length > pathLength) return this.#refuse(`It has a path that is too long.`);
    if (!TYPES.has(type)) return this.#refuse(`${shown} is a ${type}.`);
    if (path.startsWith("/") || parts.includes("..") || /[\\\0]/.test(path)) {
      return this.#refuse(`${shown} leads out of it.`);
    }
    return type !== "SymbolicLink" || staysInside(parts.slice(1, -1), linkpath);
  }
}

/**
 * Whether a link in that folder stays within the archive: it goes up first, never above the top, and then only down. What
 * is below may be links again, of which the same holds, so no chain of them gets out.
 */
function staysInside(folder: readonly string[], target: string): boolean {
  const parts = target.split("/").filter((part) => part !== "." && part !== "");
  const ups = parts.findIndex((part) => part !== "..");
  const up = ups === -1 ? parts.length : ups;
  const isRelative = !target.startsWith("/") && !/[\\\0]/.test(target);
  return isRelative && up <= folder.length && !parts.slice(up).includes("..");
}

function limit(max: number, atEnd: () => void = () => undefined): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > max) done(new BadArchive(tooLarge(max)));
      else done(null, chunk);
    },
    flush(done) {
      atEnd();
      done();
    },
  });
}

/** The first bytes of gzip and of Zstandard. */
function isPacked(chunk: Buffer): boolean {
  return chunk[0] === 0x1f || chunk[0] === 0x28;
}

function tooLarge(max: number): string {
  return `It is larger than ${max / 1024 / 1024} MB.`;
}
