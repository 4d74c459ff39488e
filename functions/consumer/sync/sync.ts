import type { FileState, Folder, SyncSettings } from "../ports.ts";
import { isPlainPath } from "../plain-path.ts";
import { ToolError } from "../tool-error.ts";
import { MANIFEST, readManifest, writeManifest } from "./manifest.ts";
import type { Manifest } from "./manifest.ts";
import { StorageRefused } from "./objects-api.ts";
import type { ObjectsApi, RemoteObject } from "./objects-api.ts";

/** A folder of one session holds fewer. */
const MAX_OBJECTS = 100_000;
/** An instance's disk is its memory. */
const MAX_OBJECT_BYTES = 268_435_456;
/** Another has changed the object since, or we may not change it: its conflict is for a person. */
const CONFLICTS = [403, 412];

export interface SyncStats {
  scannedRemote: number;
  downloaded: number;
  uploaded: number;
  conflicts: number;
}

/** Keeps a work folder and the objects under a prefix in step (producer contract, 2.7). Nothing is ever removed. */
export class Sync {
  readonly prefix: string;
  readonly #folder: Folder;
  readonly #api: ObjectsApi;
  readonly #settings: SyncSettings;
  #last: Promise<unknown> = Promise.resolve();

  constructor(prefix: string, folder: Folder, api: ObjectsApi, settings: SyncSettings) {
    this.prefix = prefix;
    this.#folder = folder;
    this.#api = api;
    this.#settings = settings;
  }

  /** Both ways, for what begins with a prefix that is ours or below it. */
  run(prefix: string = this.prefix): Promise<SyncStats> {
    return this.#inTurn(async () => {
      const stats = { scannedRemote: 0, downloaded: 0, uploaded: 0, conflicts: 0 };
      const manifest = await readManifest(this.#folder);
      const remote = await this.#download(prefix, manifest, stats);
      if (this.#settings.canUpload) await this.#upload(prefix, manifest, stats, remote);
      await writeManifest(this.#folder, manifest);
      return stats;
    });
  }

  /** What was changed here only: it costs no list. */
  upload(): Promise<SyncStats> {
    return this.#inTurn(async () => {
      const stats = { scannedRemote: 0, downloaded: 0, uploaded: 0, conflicts: 0 };
      if (!this.#settings.canUpload) return stats;
      const manifest = await readManifest(this.#folder);
      await this.#upload(this.prefix, manifest, stats);
      if (stats.uploaded > 0) await writeManifest(this.#folder, manifest);
      return stats;
    });
  }

  /** Two at once would each take the other's changes for somebody else's. */
  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const next = this.#last.then(action);
    this.#last = next.catch(() => undefined);
    return next;
  }

  /** The names that are in the bucket. */
  async #download(
    prefix: string,
    manifest: Manifest,
    stats: SyncStats,
  ): Promise<ReadonlySet<string>> {
    const names = new Set<string>();
    let page: string | undefined;
    do {
      const { items, next } = await this.#api.list(prefix, page);
      const files = items.filter(({ name }) => !name.endsWith("/"));
      stats.scannedRemote += files.length;
      if (stats.scannedRemote > MAX_OBJECTS) {
        throw new ToolError(`GCS_SYNC: more than ${MAX_OBJECTS} objects`);
      }
      for (const { name } of files) names.add(name);
      await atMost(this.#settings.downloads, files, (file) => this.#take(file, manifest, stats));
      page = next;
    } while (page !== undefined);
    return names;
  }

  async #take(object: RemoteObject, manifest: Manifest, stats: SyncStats): Promise<void> {
    const { name, generation, size } = object;
    if (manifest.get(name)?.remoteGen === generation) return;
    const path = name.slice(this.prefix.length);
    // A name that would lead elsewhere is left out, and the others are not.
    if (!isPlainPath(path) || path === MANIFEST || size > MAX_OBJECT_BYTES) {
      stats.conflicts += 1;
      return;
    }
    try {
      const { mtimeMs, size: bytes } = await this.#folder.replace(path, await this.#api.get(name));
      manifest.set(name, { remoteGen: generation, localMtime: mtimeMs, localSize: bytes });
      stats.downloaded += 1;
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      stats.conflicts += 1;
    }
  }

  async #upload(
    prefix: string,
    manifest: Manifest,
    stats: SyncStats,
    remote: ReadonlySet<string> = new Set(),
  ): Promise<void> {
    const files = (await this.#folder.list()).filter(
      ({ path }) => path !== MANIFEST && `${this.prefix}${path}`.startsWith(prefix),
    );
    await atMost(this.#settings.uploads, files, (file) =>
      this.#give(file, manifest, remote, stats),
    );
  }

  async #give(
    file: FileState,
    manifest: Manifest,
    remote: ReadonlySet<string>,
    stats: SyncStats,
  ): Promise<void> {
    const { path, mtimeMs, size } = file;
    const name = `${this.prefix}${path}`;
    const known = manifest.get(name);
    if (known?.localMtime === mtimeMs && known.localSize === size) return;
    if (known === undefined && remote.has(name)) {
      stats.conflicts += 1;
      return;
    }
    try {
      const content = await this.#folder.stream(path);
      const remoteGen = await this.#api.put(name, known?.remoteGen ?? "0", content);
      manifest.set(name, { remoteGen, localMtime: mtimeMs, localSize: size });
      stats.uploaded += 1;
    } catch (error) {
      const isConflict = error instanceof StorageRefused && CONFLICTS.includes(error.status);
      // One that is gone by now is nobody's conflict.
      if (!isConflict && !(error instanceof ToolError)) throw error;
      if (isConflict) stats.conflicts += 1;
    }
  }
}

/** Does something with each item, at most so many at a time. */
async function atMost<T>(
  count: number,
  items: readonly T[],
  action: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const work = async (): Promise<void> => {
    for (const item of rest) await action(item);
  };
  await Promise.all(Array.from({ length: Math.min(count, items.length) }, work));
}
