import { crc32 } from "node:zlib";

const BLOCK = 512;
/** What one block of deflate's "stored" kind may hold. Source: RFC 1951, 3.2.4. */
const MAX_STORED = 0xffff;
/** Magic, method deflate, no flags, no time, no extra flags, system unknown. Source: RFC 1952, 2.3. */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

/**
 * The files as a .tar.gz: the same bytes for the same files on every machine, in order of names, owned by nobody in
 * particular and of no time. Nothing is compressed, since what a compressor writes differs between processors and
 * versions of zlib, and an unchanged tree is to stay an unchanged object. Throws for a name longer than 100 bytes.
 */
export function tarGz(files: ReadonlyMap<string, Uint8Array>): Buffer {
  return gzip(tar(files));
}

function tar(files: ReadonlyMap<string, Uint8Array>): Buffer {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  const entries = sorted.flatMap(([name, content]) => [
    header(name, content.length),
    content,
    Buffer.alloc(-content.length & (BLOCK - 1)),
  ]);
  return Buffer.concat([...entries, Buffer.alloc(2 * BLOCK)]);
}

/** Source: POSIX.1-2024, pax, "ustar Interchange Format". */
function header(name: string, size: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new Error(`${name} is too long a name for the archive.`);
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0);
  block.write(`${octal(0o644, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100); // mode, owner, group
  block.write(`${octal(size, 11)}\0${octal(0, 11)}\0`, 124); // size, time
  block.write("        0", 148); // the sum, counted as spaces, and the type: a file
  block.write("ustar\x0000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

function gzip(bytes: Buffer): Buffer {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += MAX_STORED) {
    const data = bytes.subarray(at, at + MAX_STORED);
    const head = Buffer.alloc(5);
    head.writeUInt8(at + MAX_STORED >= bytes.length ? 1 : 0, 0);
    head.writeUInt16LE(data.length, 1);
    head.writeUInt16LE(~data.length & 0xffff, 3);
    blocks.push(head, data);
  }
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(bytes), 0);
  trailer.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([GZIP_HEADER, ...blocks, trailer]);
}
