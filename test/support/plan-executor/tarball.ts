import { gzipSync } from "node:zlib";

/** An entry of a tar archive, as a header states it; nothing is checked. */
export interface TarEntry {
  readonly path: string;
  /** `0` file, `1` hard link, `2` symbolic link, `3` character device, `5` folder, `g` global header. Default `0`. */
  readonly type?: string;
  readonly content?: string | Buffer;
  readonly linkpath?: string;
  /** What the header says in place of the content's real size. */
  readonly size?: number;
  readonly mode?: number;
}

const BLOCK = 512;
const MAX_NAME = 100;

/** A tar archive made by hand (POSIX ustar). */
export function tar(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap(withLongPath).flatMap((entry) => {
    const content = Buffer.from(entry.content ?? "");
    const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
    return [headerOf(entry, content.length), content, padding];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

/** Files as GitHub packs them: below one folder, gzipped. All may be run. */
export function tarball(files: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(files).map(([path, content]) => ({
    path: `o-r-0123abc/${path}`,
    content,
    mode: 0o755,
  }));
  return gzipSync(tar([{ path: "o-r-0123abc/", type: "5" }, ...entries]));
}

/** A path that has no room in a header comes in an extended one before it. */
function withLongPath(entry: TarEntry): TarEntry[] {
  if (entry.path.length <= MAX_NAME) return [entry];
  const record = ` path=${entry.path}\n`;
  const digits = String(record.length + 3).length;
  const content = `${record.length + digits}${record}`;
  return [
    { path: "pax", type: "x", content },
    { ...entry, path: entry.path.slice(0, MAX_NAME) },
  ];
}

function headerOf(entry: TarEntry, length: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  const put = (text: string, at: number): number => header.write(text, at, "utf8");
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
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}
