/** One bucket: the live generation of each name, and what is kept of those before it. */
import type { BucketSettings } from "./settings.ts";
import type { StoredObject } from "../objects/object.ts";
import { SoftDeleted } from "./soft-deleted.ts";
import { SortedNames, byBytes } from "./sorted-names.ts";

export class Bucket {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly timeCreated: number;
  readonly softDeleted = new SoftDeleted();
  /** Of live objects. */
  readonly names = new SortedNames();
  #settings: BucketSettings;
  #metageneration = 1;
  #updated: number;
  readonly #live = new Map<string, StoredObject>();
  /** Name → generations that are live no more, oldest first. */
  readonly #noncurrent = new Map<string, readonly StoredObject[]>();

  constructor(name: string, settings: BucketSettings, now: number) {
    this.name = name;
    this.timeCreated = now;
    this.#settings = settings;
    this.#updated = now;
  }

  get settings(): BucketSettings {
    return this.#settings;
  }

  get metageneration(): number {
    return this.#metageneration;
  }

  get updated(): number {
    return this.#updated;
  }

  /** Takes the settings in place of the old ones; objects stay, noncurrent ones too. */
  configure(settings: BucketSettings, now: number): void {
    this.#settings = settings;
    this.#metageneration += 1;
    this.#updated = now;
  }

  /** Whether it holds no generation of any object. Soft-deleted ones do not count. */
  get isEmpty(): boolean {
    return this.#live.size === 0 && this.#noncurrent.size === 0;
  }

  /** The live generation. */
  get(name: string): StoredObject | undefined {
    return this.#live.get(name);
  }

  /** Live and noncurrent generations of a name, oldest first. */
  generations(name: string): readonly StoredObject[] {
    const live = this.#live.get(name);
    return [...(this.#noncurrent.get(name) ?? []), ...(live === undefined ? [] : [live])];
  }

  /** Names of all that have a live or a noncurrent generation, in ascending order of their UTF-8 bytes. */
  versionedNames(): readonly string[] {
    return [...new Set([...this.#live.keys(), ...this.#noncurrent.keys()])].sort(byBytes);
  }

  /** Makes it live; what was live under its name is retired. */
  put(object: StoredObject): void {
    if (this.#live.has(object.name)) this.retire(object.name, object.timeCreated);
    this.#live.set(object.name, object);
    this.names.add(object.name);
  }

  /** Takes the same generation with other metadata in place of the one that is there. */
  replace(object: StoredObject): void {
    const { name, generation } = object;
    if (this.#live.get(name)?.generation === generation) this.#live.set(name, object);
    else this.#setNoncurrent(name, (each) => (each.generation === generation ? [object] : [each]));
  }

  /**
   * Ends the live generation as the bucket's settings say: with versioning it is kept as noncurrent, else under soft
   * delete for a while, else it is gone. Source: cloud.google.com/storage/docs/object-versioning and docs/soft-delete.
   */
  retire(name: string, now: number): void {
    const object = this.#live.get(name);
    if (object === undefined) return;
    if (this.#settings.versioning !== true) {
      this.erase(object, now);
      return;
    }
    this.#unlist(name);
    const noncurrent = this.#noncurrent.get(name) ?? [];
    this.#noncurrent.set(name, [...noncurrent, { ...object, timeDeleted: now }]);
  }

  /** Ends one generation, live or noncurrent; only soft delete keeps it. */
  erase(object: StoredObject, now: number): void {
    this.discard(object);
    const seconds = this.#settings.softDeleteSeconds ?? 0;
    if (seconds > 0) this.softDeleted.add(object, now, now + seconds * 1000);
  }

  /** Ends one generation, and nothing keeps it. */
  discard({ name, generation }: StoredObject): void {
    if (this.#live.get(name)?.generation === generation) this.#unlist(name);
    else this.#setNoncurrent(name, (each) => (each.generation === generation ? [] : [each]));
  }

  #unlist(name: string): void {
    this.#live.delete(name);
    this.names.remove(name);
  }

  #setNoncurrent(name: string, change: (each: StoredObject) => readonly StoredObject[]): void {
    const after = (this.#noncurrent.get(name) ?? []).flatMap(change);
    if (after.length > 0) this.#noncurrent.set(name, after);
    else this.#noncurrent.delete(name);
  }
}
