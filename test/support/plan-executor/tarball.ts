import { gzipSync } from "node:zlib";

/** An entry of a tar archive, as a header states it; nothing is checked. */
export interface TarEntry {
  readonly path: string | Buffer;
  /** `0` file, `1` hard link, `2` symbolic link, `3` character device, `5` folder, `g` global header. Default `0`. */
  readonly type?: string;
  readonly content?: string | Buffer;
  readonly linkpath?: string | Buffer;
  /** What the header says in place of the content's real size. */
  readonly size?: number;
  readonly mode?: number;
  /** What stands at these bytes of the header in place of what belongs there; its checksum is right all the same. */
  readonly fields?: Readonly<Record<number, string>>;
}

/** A file's text, or where a link leads. */
export type TreeFile = string | { readonly linksTo: string };

const BLOCK = 512;
const MAX_NAME = 100;

/** A tar archive made by hand (POSIX ustar). */
export function tar(entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(blocksOf), Buffer.alloc(2 * BLOCK)]);
}

/** Files as GitHub packs them: below one folder, gzipped. All may be run. */
export function tarball(files: Readonly<Record<string, TreeFile>>): Buffer {
  const entries = Object.entries(files).map(([path, file]) => ({
    path: `o-r-0123abc/${path}`,
    ...(typeof file === "string" ? { content: file } : { type: "2", linkpath: file.linksTo }),
    mode: 0o755,
  }));
  return gzipSync(tar([{ path: "o-r-0123abc/", type: "5" }, ...entries]));
}

/** Records of an extended header: of the entry that comes next, or of all where its type is `g`. */
export function extended(records: Readonly<Record<string, string | Buffer>>, type = "x"): TarEntry {
  const content = Object.entries(records).map(([key, value]) => recordOf(key, Buffer.from(value)));
  return { path: "pax", type, content: Buffer.concat(content) };
}

function blocksOf(entry: TarEntry): Buffer[] {
  const content = Buffer.from(entry.content ?? "");
  const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
  return [...headerBefore(entry), headerOf(entry, content.length), content, padding];
}

/** A path that has no room in a header comes in an extended one before it, and so does a target. */
function headerBefore({ path, linkpath = "" }: TarEntry): Buffer[] {
  const long = Object.entries({ path, linkpath }).filter(
    ([, value]) => Buffer.from(value).length > MAX_NAME,
  );
  return long.length === 0 ? [] : blocksOf(extended(Object.fromEntries(long)));
}

/** Its length counts its own digits. */
function recordOf(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from("\n")]);
  let length = rest.length;
  while (String(length).length + rest.length !== length) length += 1;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function headerOf(entry: TarEntry, length: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  const put = (text: string | Buffer, at: number): number =>
    Buffer.from(text).copy(header, at, 0, MAX_NAME);
  const octal = (value: number, digits: number): string =>
    `${value.toString(8).padStart(digits - 1, "0")}\0`;
  put(entry.path, 0);
  put(octal(entry.mode ?? 0o644, 8), 100);
  put(octal(0, 8), 108);
  put(octal(0, 8), 116);
  put(octal(entry.size ?? length, 12), 124);
  put(octal(0, 12), 136);
  put("        ", 148);
  put(entry.type ?? "0", 156);
  put(entry.linkpath ?? "", 157);
  put("ustar\x0000", 257);
  for (const [at, text] of Object.entries(entry.fields ?? {})) put(text, Number(at));
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}
