import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { chmod, lstat, mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import type { Storage } from "@google-cloud/storage";
import { extract } from "tar";
import { HttpError } from "../../runtime/errors.ts";
import { lazy } from "../../runtime/lazy.ts";
import { newStorage } from "../../runtime/google/storage.ts";
import type { Mirror } from "../cli-config.ts";
import type { PlanExecutorEnv } from "../env.ts";
import { ownFolder, removeFolder } from "./workplace.ts";

/** What plans are made with. */
interface Tools {
  /** Absolute path of OpenTofu. */
  readonly bin: string;
  readonly mirror: Mirror;
}

type Settings = Pick<
  PlanExecutorEnv,
  | "TOFU_BIN"
  | "TOOLS_BUCKET"
  | "TOFU_OBJECT"
  | "TOFU_SHA256"
  | "PROVIDER_OBJECTS"
  | "PROVIDERS_STRICT"
>;

interface Fetched {
  readonly tools: Tools;
  readonly folder: string;
  /** The folder's fingerprint right after. */
  readonly was: string;
}

/**
 * Fetches the tools at first use and keeps them for the life of the instance, as long as nothing has touched them: what a
 * plan runs has the rights of this process. Throws an HttpError 503 where they cannot be had.
 */
export function toolsOf(
  settings: Settings,
  makeClient: () => Promise<Pick<Storage, "bucket">> = newStorage,
): () => Promise<Tools> {
  const client = lazy(makeClient);
  const fetched = (): (() => Promise<Fetched>) =>
    lazy(async () => fetchAll(settings, await client()));
  let current = fetched();
  return async () => {
    if (settings.TOFU_BIN !== "" && settings.PROVIDER_OBJECTS.length === 0) {
      return { bin: settings.TOFU_BIN, mirror: mirrorAt(undefined, settings) };
    }
    try {
      const { tools, folder, was } = await current();
      if ((await fingerprint(folder)) === was) return tools;
      current = fetched();
      await removeFolder(folder);
      return (await current()).tools;
    } catch (error) {
      if (error instanceof HttpError) throw error;
      const message = `The tools cannot be fetched: ${error instanceof Error ? error.message : ""}`;
      throw new HttpError(503, "tools_unavailable", message, { retryAfterSeconds: 30 });
    }
  };
}

/** Into a folder of its own, of which nothing stays where that fails: it is memory. */
async function fetchAll(settings: Settings, client: Pick<Storage, "bucket">): Promise<Fetched> {
  const folder = await ownFolder();
  try {
    const tools = await fetchInto(folder, settings, client);
    return { tools, folder, was: await fingerprint(folder) };
  } catch (error) {
    await removeFolder(folder);
    throw error;
  }
}

async function fetchInto(
  folder: string,
  settings: Settings,
  client: Pick<Storage, "bucket">,
): Promise<Tools> {
  const bucket = client.bucket(settings.TOOLS_BUCKET);
  const mirror = path.join(folder, "providers");
  for (const object of settings.PROVIDER_OBJECTS) {
    const file = path.join(folder, object);
    await mkdir(path.dirname(file), { recursive: true });
    await pipeline(bucket.file(object).createReadStream(), createWriteStream(file));
    await chmod(file, 0o444);
  }
  const hasMirror = settings.PROVIDER_OBJECTS.length > 0;
  const found = mirrorAt(hasMirror ? mirror : undefined, settings);
  if (settings.TOFU_BIN !== "") return { bin: settings.TOFU_BIN, mirror: found };
  const archive = path.join(folder, "archive");
  await pipeline(bucket.file(settings.TOFU_OBJECT).createReadStream(), createWriteStream(archive));
  await check(archive, settings);
  await extract({ file: archive, cwd: folder, preserveOwner: false }, ["tofu"]);
  await rm(archive);
  const bin = path.join(folder, "tofu");
  await chmod(bin, 0o555);
  return { bin, mirror: found };
}

async function check(archive: string, { TOFU_OBJECT, TOFU_SHA256 }: Settings): Promise<void> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(archive), hash);
  if (hash.digest("hex") === TOFU_SHA256) return;
  const message = `${TOFU_OBJECT} is not what the stack pins (tofuSha256): run npm run tools:upload.`;
  throw new HttpError(503, "tools_rejected", message, { retryAfterSeconds: 60 });
}

function mirrorAt(folder: string | undefined, { PROVIDERS_STRICT }: Settings): Mirror {
  return { folder, isStrict: PROVIDERS_STRICT };
}

/** Differs once somebody has touched, added or removed anything in a folder, whatever they set its times to. */
async function fingerprint(folder: string): Promise<string> {
  // Entries rather than names: for names alone, links are followed.
  const options = { recursive: true, withFileTypes: true } as const;
  const entries = await readdir(folder, options).catch(() => []);
  const files = entries.map(({ parentPath, name }) => path.join(parentPath, name));
  const marks = [folder, ...files.sort()].map(async (file) => {
    const stats = await lstat(file, { bigint: true }).catch(() => undefined);
    return JSON.stringify([file, ...[stats?.ino, stats?.size, stats?.ctimeNs].map(String)]);
  });
  return (await Promise.all(marks)).join("\n");
}
