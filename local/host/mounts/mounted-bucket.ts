/**
 * A bucket as a folder of one instance: laid out when it starts, and what changes in it is written back. What others
 * write to the bucket meanwhile is not seen. Links, and names that no object may have, stay in the folder.
 */
import { constants } from "node:fs";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Severity } from "../../log.ts";
import type { Mount } from "../spec.ts";
import { layoutOf } from "./layout.ts";
import type { Objects } from "./objects.ts";
import { entryOf, treeOf, type Entry } from "./tree.ts";

/** Nobody writes to a file any more that has stayed the same for so long, in milliseconds. */
const SETTLED_MS = 200;

/** Names that one line of the log tells. */
const NAMED = 5;

export interface MountedBucketOptions {
  readonly mount: Mount;
  readonly objects: Objects;
  /** An empty folder. */
  readonly folder: string;
  readonly log: (severity: Severity, message: string) => void;
}

/** Something that is not in the bucket yet as it is in the folder, and since when it is like this. */
interface Unsettled {
  /** Undefined: it is gone. */
  readonly entry: Entry | undefined;
  readonly since: number;
}

export class MountedBucket {
  readonly #options: MountedBucketOptions;
  /** Path → what of it is in the bucket, or was refused there. */
  #known = new Map<string, Entry>();
  readonly #unsettled = new Map<string, Unsettled>();

  /** Lays the bucket out. Rejects where its objects may not be listed, as the mount does in the cloud. */
  static async open(options: MountedBucketOptions): Promise<MountedBucket> {
    const bucket = new MountedBucket(options);
    await bucket.#layOut();
    return bucket;
  }

  private constructor(options: MountedBucketOptions) {
    this.#options = options;
  }

  get path(): string {
    return this.#options.mount.path;
  }

  get folder(): string {
    return this.#options.folder;
  }

  /** Writes back what has settled by `now` (milliseconds); with Infinity whatever there is. Never rejects for the bucket. */
  async writeBack(now: number): Promise<void> {
    const present = await treeOf(this.folder);
    const gone = [...this.#known.keys()].filter((path) => !present.has(path)).reverse();
    for (const path of [...present.keys(), ...gone]) {
      const entry = present.get(path);
      if (isSame(entry, this.#known.get(path))) {
        this.#unsettled.delete(path);
        continue;
      }
      const before = this.#unsettled.get(path);
      const since = before !== undefined && isSame(entry, before.entry) ? before.since : now;
      this.#unsettled.set(path, { entry, since });
      if (now === Infinity || now - since >= SETTLED_MS) await this.#settle(path, entry);
    }
  }

  async #settle(path: string, entry: Entry | undefined): Promise<void> {
    const was = this.#known.get(path);
    this.#unsettled.delete(path);
    if (entry === undefined) this.#known.delete(path);
    else this.#known.set(path, entry);
    try {
      if (entry?.kind === "file") await this.#upload(path, entry);
      else if (entry?.kind === "folder") await this.#change(path, `${path}/`, Buffer.alloc(0));
      else if (entry === undefined) await this.#remove(path, was);
      else this.#say(`${path} is neither file nor folder, and is not written to the bucket`);
    } catch (error) {
      this.#say(messageOf(error));
    }
  }

  async #upload(path: string, entry: Entry): Promise<void> {
    const flag = constants.O_RDONLY | constants.O_NOFOLLOW;
    const bytes = await readFile(join(this.folder, path), { flag });
    // Written to while it was read, or replaced by a link: the next time it is looked at again.
    if (!isSame(await entryOf(join(this.folder, path)), entry)) {
      this.#known.delete(path);
      return;
    }
    await this.#change(path, path, bytes);
  }

  async #change(path: string, name: string, bytes: Buffer): Promise<void> {
    if (this.#isReadOnly(path)) return;
    await this.#options.objects.write(this.#prefix + name, bytes);
  }

  async #remove(path: string, was: Entry | undefined): Promise<void> {
    if (was?.kind === "other" || this.#isReadOnly(path)) return;
    await this.#options.objects.remove(
      `${this.#prefix}${path}${was?.kind === "folder" ? "/" : ""}`,
    );
  }

  /** Who is root here is not held up by the files' modes. */
  #isReadOnly(path: string): boolean {
    const { readOnly } = this.#options.mount;
    if (readOnly) this.#say(`${path} was changed, but the bucket is mounted to be read only`);
    return readOnly;
  }

  async #layOut(): Promise<void> {
    const { mount, objects, folder } = this.#options;
    const names = await objects.names(this.#prefix).catch((error: unknown) => {
      throw new Error(`${this.#named}: ${messageOf(error)}`, { cause: error });
    });
    const { folders, files, leftOut } = layoutOf(
      names.map((name) => name.slice(this.#prefix.length)),
      mount.implicitDirs,
    );
    const missing = leftOut.map(({ name, why }) => `"${name}" (${why})`);
    for (const path of folders) await mkdir(join(folder, path));
    for (const path of files) {
      try {
        const bytes = await objects.read(this.#prefix + path);
        // Never over another file: of names that differ in case only, some file systems have one.
        await writeFile(join(folder, path), bytes, { flag: "wx" });
      } catch (error) {
        missing.push(`"${path}" (${messageOf(error)})`);
      }
    }
    this.#known = await treeOf(folder);
    if (mount.readOnly) await this.#protect();
    if (missing.length > 0) this.#sayMissing(missing);
  }

  async #protect(): Promise<void> {
    for (const [path, { kind }] of [...this.#known].reverse()) {
      await chmod(join(this.folder, path), kind === "folder" ? 0o500 : 0o400);
    }
    await chmod(this.folder, 0o500);
  }

  #sayMissing(missing: readonly string[]): void {
    const rest = missing.length - NAMED;
    const named = missing.slice(0, NAMED).join(", ");
    this.#say(`not in the mount: ${named}${rest > 0 ? ` and ${rest} more` : ""}`);
  }

  /** Begins the names of all objects that are mounted. */
  get #prefix(): string {
    const { onlyDir } = this.#options.mount;
    return onlyDir === "" ? "" : `${onlyDir}/`;
  }

  #say(message: string): void {
    this.#options.log("WARNING", `${this.#named}: ${message}`);
  }

  get #named(): string {
    const { path, bucket } = this.#options.mount;
    return `${path} (${bucket})`;
  }
}

function isSame(a: Entry | undefined, b: Entry | undefined): boolean {
  return a?.kind === b?.kind && a?.version === b?.version;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
