/** An archive that no repository makes, or that is too large. */
export class BadArchive extends Error {
  constructor(message: string) {
    super(message);
    this.name = "BadArchive";
  }
}

/** An entry of a tarball. In its texts a character is a byte (latin1): to git and Linux a name is bytes. */
export interface TarEntry {
  readonly kind: "file" | "folder" | "link" | "hard link" | "other";
  readonly path: string;
  /** Of a link: seen from its folder. Of a hard link: a path like the entry's own. */
  readonly target: string;
  readonly isExecutable: boolean;
  /** May be left unread. */
  readonly content: AsyncIterable<Buffer>;
}

const BLOCK = 512;
/** The kinds of entries that hold a tree. The types of files are today's, that of 1979, and one for contiguous ones. */
const KINDS: ReadonlyMap<string, TarEntry["kind"]> = new Map([
  ["0", "file"],
  ["\0", "file"],
  ["7", "file"],
  ["1", "hard link"],
  ["2", "link"],
  ["5", "folder"],
]);

/**
 * Reads a tarball as POSIX has it, which is what git writes
 * (pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html). Names are taken as they are; what to make of them is for
 * the caller. `maxHeaderBytes`: of what describes one entry. Throws BadArchive, and what the chunks throw.
 */
export async function* tarEntries(
  chunks: AsyncIterable<Buffer>,
  maxHeaderBytes: number,
): AsyncGenerator<TarEntry, void, undefined> {
  const bytes = new Bytes(chunks);
  let common: Records = new Map();
  let own: Records = new Map();
  for (;;) {
    const header = await bytes.exactly(BLOCK);
    if (isEmpty(header)) {
      if (!isEmpty(await bytes.exactly(BLOCK))) throw damaged("one empty block");
      // What follows the end is for nobody, but only who reads it knows that nothing of it was lost on the way.
      return bytes.exhaust();
    }
    if (numberIn(header, 148, 8) !== sumOf(header)) throw damaged("a wrong checksum");
    const type = textIn(header, 156, 1) || "\0";
    const size = numberIn(header, 124, 12);
    if (type === "x" || type === "g") {
      if (size > maxHeaderBytes) throw damaged(`a header of ${size} bytes`);
      const records = recordsIn(await bytes.exactly(size));
      await bytes.exactly(paddingOf(size));
      if (type === "g") common = new Map([...common, ...records]);
      else own = records;
      continue;
    }
    const records = new Map([...common, ...own]);
    own = new Map();
    const length = sizeIn(records) ?? size;
    const content = bytes.pieces(length);
    const path = records.get("path") ?? pathIn(header);
    // Of old, a folder is a file with a slash at its end.
    const isFolder = path.endsWith("/") && KINDS.get(type) === "file";
    yield {
      kind: isFolder ? "folder" : (KINDS.get(type) ?? "other"),
      path,
      target: records.get("linkpath") ?? textIn(header, 157, 100),
      isExecutable: (numberIn(header, 100, 8) & 0o100) !== 0,
      content,
    };
    await exhaust(content);
    await bytes.exactly(paddingOf(length));
  }
}

/** Keywords and values of an extended header. */
type Records = ReadonlyMap<string, string>;

/** Each is `LENGTH KEYWORD=VALUE` and a newline; a value may hold newlines too. */
function recordsIn(bytes: Buffer): Records {
  const records = new Map<string, string>();
  for (let rest = bytes.toString("latin1"); rest !== "";) {
    const length = Number(/^\d{1,9}(?= )/.exec(rest)?.[0] ?? 0);
    const record = /^\d+ ([^=]+)=([^]*)\n$/.exec(rest.slice(0, length));
    if (record === null || length > rest.length)
      throw damaged("an extended header of another form");
    const [, keyword = "", value = ""] = record;
    records.set(keyword, upToNul(value));
    rest = rest.slice(length);
  }
  return records;
}

function sizeIn(records: Records): number | undefined {
  const size = records.get("size");
  if (size === undefined) return undefined;
  if (!/^\d{1,15}$/.test(size)) throw damaged("a size that is no number");
  return Number(size);
}

/** POSIX gives long paths a second field, where GNU's own format has other things. */
function pathIn(header: Buffer): string {
  const name = textIn(header, 0, 100);
  const prefix = textIn(header, 345, 155);
  const isPosix = header.toString("latin1", 257, 263) === "ustar\0";
  return isPosix && prefix !== "" ? `${prefix}/${name}` : name;
}

function textIn(header: Buffer, at: number, length: number): string {
  return upToNul(header.toString("latin1", at, at + length));
}

function upToNul(text: string): string {
  const end = text.indexOf("\0");
  return end === -1 ? text : text.slice(0, end);
}

function numberIn(header: Buffer, at: number, length: number): number {
  const digits = /^ *([0-7]*)[ \0]*$/.exec(header.toString("latin1", at, at + length))?.[1];
  if (digits === undefined) throw damaged("a number that is not octal");
  return Number.parseInt(digits || "0", 8);
}

/** The checksum counts as spaces in itself. */
function sumOf(header: Buffer): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
}

function isEmpty(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}

function paddingOf(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

function damaged(what: string): BadArchive {
  return new BadArchive(`It is damaged, or no tarball: it has ${what}.`);
}

async function exhaust(pieces: AsyncIterator<Buffer>): Promise<void> {
  while ((await pieces.next()).done !== true);
}

/** Bytes in the order in which they come, however they are cut. */
class Bytes {
  readonly #chunks: AsyncIterator<Buffer>;
  #held = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  async exactly(length: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.pieces(length)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  async *pieces(length: number): AsyncGenerator<Buffer, void, undefined> {
    for (let left = length; left > 0;) {
      const piece = await this.#upTo(left);
      left -= piece.length;
      yield piece;
    }
  }

  exhaust(): Promise<void> {
    return exhaust(this.#chunks);
  }

  async #upTo(length: number): Promise<Buffer> {
    while (this.#held.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) throw new BadArchive("It ends too early.");
      this.#held = Buffer.from(next.value);
    }
    const piece = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    return piece;
  }
}
