/** Buckets and their objects. One live version of an object; what is replaced is gone. */
import { ownBytes } from "../../own-bytes.ts";
import { checksumsOf, type Checksums } from "./checksums.ts";
import type { BucketSettings } from "./bucket-settings.ts";
import type { ObjectMetadata } from "./object-metadata.ts";

/** One generation of an object. A change of its metadata makes another value with the same generation. */
export interface StoredObject extends ObjectMetadata, Checksums {
  readonly bucket: string;
  readonly name: string;
  /** Microseconds since the epoch at its creation, made unique: as in the cloud, later is larger. */
  readonly generation: number;
  readonly metageneration: number;
  readonly bytes: Buffer;
  /** Milliseconds since the epoch. */
  readonly timeCreated: number;
  readonly updated: number;
}

export class Bucket {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly timeCreated: number;
  #settings: BucketSettings;
  #metageneration = 1;
  #updated: number;
  readonly #objects = new Map<string, StoredObject>();
  /** Names in the order of a list; absent after a name has come or gone. */
  #names: readonly string[] | undefined;

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

  /** Takes the settings in place of the old ones; objects stay. */
  configure(settings: BucketSettings, now: number): void {
    this.#settings = settings;
    this.#metageneration += 1;
    this.#updated = now;
  }

  get size(): number {
    return this.#objects.size;
  }

  get(name: string): StoredObject | undefined {
    return this.#objects.get(name);
  }

  /** Every object, in no order to rely on. */
  objects(): Iterable<StoredObject> {
    return this.#objects.values();
  }

  /** Names in ascending order of their UTF-8 bytes. */
  names(): readonly string[] {
    this.#names ??= [...this.#objects.keys()].sort(byBytes);
    return this.#names;
  }

  set(object: StoredObject): void {
    if (!this.#objects.has(object.name)) this.#names = undefined;
    this.#objects.set(object.name, object);
  }

  delete(name: string): void {
    if (this.#objects.delete(name)) this.#names = undefined;
  }
}

/** What was changed, for whoever has to act on it. */
export interface Changes {
  /** An object was written. */
  readonly written: (bucket: Bucket, object: StoredObject) => void;
  /** A bucket's settings were changed. */
  readonly configured: (bucket: Bucket) => void;
  /** A bucket is gone, with whatever it held. */
  readonly removed: (bucket: Bucket) => void;
}

export class StorageState {
  readonly buckets = new Map<string, Bucket>();
  readonly #changes: Changes;
  #lastGeneration = 0;

  constructor(changes: Changes) {
    this.#changes = changes;
  }

  addBucket(name: string, settings: BucketSettings, now: number): Bucket {
    const bucket = new Bucket(name, settings, now);
    this.buckets.set(name, bucket);
    return bucket;
  }

  configure(bucket: Bucket, settings: BucketSettings, now: number): void {
    bucket.configure(settings, now);
    this.#changes.configured(bucket);
  }

  removeBucket(bucket: Bucket): void {
    this.buckets.delete(bucket.name);
    this.#changes.removed(bucket);
  }

  /** Makes the bytes the live generation of that name. Asks nobody: preconditions and permissions come before. */
  write(bucket: Bucket, name: string, content: Content, now: number): StoredObject {
    this.#lastGeneration = Math.max(now * 1000, this.#lastGeneration + 1);
    const object: StoredObject = {
      ...content.metadata,
      ...(content.checksums ?? checksumsOf(content.bytes)),
      bucket: bucket.name,
      name,
      generation: this.#lastGeneration,
      metageneration: 1,
      bytes: ownBytes(content.bytes),
      timeCreated: now,
      updated: now,
    };
    bucket.set(object);
    this.#changes.written(bucket, object);
    return object;
  }

  /** The same generation with other metadata. */
  describe(
    bucket: Bucket,
    object: StoredObject,
    metadata: ObjectMetadata,
    now: number,
  ): StoredObject {
    const { name, generation, bytes, crc32c, md5Hash, timeCreated, metageneration } = object;
    const described: StoredObject = {
      ...metadata,
      bucket: bucket.name,
      name,
      generation,
      bytes,
      crc32c,
      md5Hash,
      timeCreated,
      metageneration: metageneration + 1,
      updated: now,
    };
    bucket.set(described);
    return described;
  }
}

export interface Content {
  readonly bytes: Buffer;
  readonly metadata: ObjectMetadata;
  /** Those of the bytes, where they are known already. */
  readonly checksums?: Checksums;
}

/** The order of lists. Source: cloud.google.com/storage/docs/json_api/v1/objects/list ("lexicographically", by UTF-8). */
export function byBytes(a: string, b: string): number {
  // UTF-16 orders code points beyond the Basic Multilingual Plane before some within it.
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
