import type { Storage } from "@google-cloud/storage";
import { HttpError } from "../../runtime/errors.ts";
import { lazy } from "../../runtime/lazy.ts";
import { newStorage } from "../../runtime/google/storage.ts";
import type { Ports } from "../ports.ts";
import { BadArchive, unpack } from "./archive.ts";

/** Commits from the bucket in which the runner keeps their archives. */
export function checkoutFrom(
  bucket: string,
  makeClient: () => Promise<Pick<Storage, "bucket">> = newStorage,
  now: () => number = () => performance.now(),
): Ports["checkout"] {
  const client = lazy(makeClient);
  return async (archive, into, signal) => {
    const started = now();
    try {
      const source = (await client()).bucket(bucket).file(archive).createReadStream();
      const arrived = await unpack(source, into, now, signal);
      return { kind: "done", fetchMs: arrived - started, unpackMs: now() - arrived };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof BadArchive) {
        return { kind: "refused", error: error.message, fetchMs: now() - started, unpackMs: 0 };
      }
      const reason = error instanceof Error ? error.message : "It broke off.";
      const message = `The commit's archive could not be read: ${reason}`;
      throw new HttpError(503, "archive_unavailable", message, { retryAfterSeconds: 10 });
    }
  };
}
