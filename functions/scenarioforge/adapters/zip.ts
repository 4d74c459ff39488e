import { PassThrough, Readable } from "node:stream";
import { ZipFile } from "yazl";
import type { Archive, ArchiveEntry } from "../exports/archive.ts";

/** The bytes of an archive as they are asked for, one file after the other; breaks off where one cannot be read. */
export function zipped({ entries, time }: Archive): ReadableStream {
  const zip = new ZipFile();
  const output = new PassThrough();
  zip.on("error", (error: Error) => output.destroy(error));
  zip.outputStream.pipe(output);
  for (const { name, read } of entries) {
    const options = { mtime: time, mode: 0o100644, compress: isCompressible(name) };
    zip.addReadStreamLazy(name, options, (use) => {
      void streamOf(read).then(
        (stream) => use(undefined, stream),
        (error: unknown) => use(error, Readable.from([])),
      );
    });
  }
  zip.end();
  return ReadableStream.from(output);
}

async function streamOf(read: ArchiveEntry["read"]): Promise<Readable> {
  return Readable.from([await read()]);
}

/** Images are compressed already. */
function isCompressible(name: string): boolean {
  return !/\.(?:png|jpe?g|webp|gif)$/i.test(name);
}
