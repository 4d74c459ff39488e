import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { Storage } from "@google-cloud/storage";
import { MAX_ARCHIVE } from "../../messages/archive-limits.ts";
import type { MaxArchive } from "../../messages/archive-limits.ts";
import { lazy } from "../../runtime/lazy.ts";
import { newStorage } from "../../runtime/google/storage.ts";
import { Unavailable, Unusable } from "../faults.ts";
import type { Archives } from "../ports.ts";

/** Commits' archives in a bucket that the executor can read by name, and neither list nor write. */
export function archivesOf(
  bucket: string,
  makeClient: () => Promise<Pick<Storage, "bucket">> = newStorage,
  limits: MaxArchive = MAX_ARCHIVE,
): Archives {
  const client = lazy(makeClient);
  return {
    keep: async (archive, signal) => {
      // What a plan runs may read whatever it can name: a name is what keeps the repositories apart.
      const name = `archive-${randomUUID()}.tar.gz`;
      try {
        const object = (await client()).bucket(bucket).file(name);
        // In one request: nothing is there of one that breaks off.
        const upload = object.createWriteStream({
          resumable: false,
          contentType: "application/gzip",
          preconditionOpts: { ifGenerationMatch: 0 },
        });
        await pipeline(archive, (chunks) => whole(chunks, limits), upload, { signal });
        return name;
      } catch (error) {
        if (error instanceof Unusable) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        throw new Unavailable(
          `The commit's archive was not kept: ${reason.replaceAll(name, "(its name)")}`,
        );
      }
    },
  };
}

/**
 * Hands on what is gzip from its beginning to its end, and not larger than the limits; fails otherwise. What ends too early
 * without an error, as a connection may, would fail every plan of the commit.
 */
async function* whole(
  chunks: AsyncIterable<Uint8Array>,
  limits: MaxArchive,
): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  const [travelling, unpacked] = [counter(limits.bytes), counter(limits.unpackedBytes)];
  const isWhole = once(gunzip, "end");
  // Heard of below; until then it is nobody's.
  isWhole.catch(() => undefined);
  gunzip.on("data", (chunk: Buffer) => {
    const refusal = unpacked(chunk);
    if (refusal !== undefined) gunzip.destroy(refusal);
  });
  try {
    for await (const chunk of chunks) {
      const refusal = travelling(chunk);
      if (refusal !== undefined) throw refusal;
      if (!gunzip.write(chunk)) await Promise.race([once(gunzip, "drain"), isWhole]);
      yield chunk;
    }
    gunzip.end();
    await isWhole;
  } finally {
    gunzip.destroy();
  }
}

/** Counts; returns why it is too much. */
function counter(max: number): (chunk: Uint8Array) => Unusable | undefined {
  let bytes = 0;
  return ({ length }) => {
    bytes += length;
    if (bytes <= max) return undefined;
    return new Unusable(`It is larger than ${max / 1024 / 1024} MB.`, { isLasting: true });
  };
}
