/** Buckets, and the moments at which objects become what they are. */
import { ownBytes } from "../../http/own-bytes.ts";
import { Bucket } from "./buckets/bucket.ts";
import type { BucketSettings } from "./buckets/settings.ts";
import { checksumsOf, type Checksums } from "./objects/checksums.ts";
import type { Stored, StoredObject } from "./objects/object.ts";
import { metadataIn, type ObjectMetadata } from "./objects/metadata.ts";

/** What was changed, for whoever has to act on it. */
export interface Changes {
  /** Generations of a name have come or gone. */
  readonly changed: (bucket: Bucket, name: string) => void;
  /** A bucket's settings were changed. */
  readonly configured: (bucket: Bucket) => void;
  /** A bucket is gone, with whatever it held. */
  readonly removed: (bucket: Bucket) => void;
}

/** Asks nobody: preconditions and permissions come before. Times are milliseconds since the epoch. */
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

  /** Makes the bytes the live generation of that name. */
  write(bucket: Bucket, name: string, content: Content, now: number): StoredObject {
    const { metadata, bytes, checksums = checksumsOf(bytes) } = content;
    return this.place(bucket, name, metadata, { ...checksums, bytes: ownBytes(bytes) }, now);
  }

  /** The same of what is stored already. */
  place(
    bucket: Bucket,
    name: string,
    metadata: ObjectMetadata,
    stored: Stored,
    now: number,
  ): StoredObject {
    this.#lastGeneration = Math.max(now * 1000, this.#lastGeneration + 1);
    const object: StoredObject = {
      ...metadata,
      ...stored,
      bucket: bucket.name,
      name,
      generation: this.#lastGeneration,
      metageneration: 1,
      timeCreated: now,
      updated: now,
    };
    bucket.put(object);
    this.#changes.changed(bucket, name);
    return object;
  }

  /** The same generation with other metadata. */
  describe(
    bucket: Bucket,
    object: StoredObject,
    metadata: ObjectMetadata,
    now: number,
  ): StoredObject {
    const { name, generation, timeCreated, metageneration, timeDeleted } = object;
    const described: StoredObject = {
      ...metadata,
      ...storedIn(object),
      bucket: bucket.name,
      name,
      generation,
      timeCreated,
      ...(timeDeleted !== undefined && { timeDeleted }),
      metageneration: metageneration + 1,
      updated: now,
    };
    bucket.replace(described);
    return described;
  }

  /** Deletes as who names no generation does. */
  retire(bucket: Bucket, name: string, now: number): void {
    bucket.retire(name, now);
    this.#changes.changed(bucket, name);
  }

  /** Deletes one generation. */
  erase(bucket: Bucket, object: StoredObject, now: number): void {
    bucket.erase(object, now);
    this.#changes.changed(bucket, object.name);
  }

  /** Gives what is live another name in its bucket. Nothing of the old one is kept, not by soft delete either. */
  rename(bucket: Bucket, object: StoredObject, name: string, now: number): StoredObject {
    bucket.discard(object);
    this.#changes.changed(bucket, object.name);
    return this.place(bucket, name, metadataIn(object), storedIn(object), now);
  }
}

export interface Content {
  readonly bytes: Buffer;
  readonly metadata: ObjectMetadata;
  /** Those of the bytes, where they are known already. */
  readonly checksums?: Checksums;
}

/** What is of an object's bytes alone. */
export function storedIn({ bytes, crc32c, md5Hash, componentCount }: StoredObject): Stored {
  return {
    bytes,
    crc32c,
    ...(md5Hash !== undefined && { md5Hash }),
    ...(componentCount !== undefined && { componentCount }),
  };
}
