/** An object as it is stored. */
import type { Checksums } from "./checksums.ts";
import type { ObjectMetadata } from "./metadata.ts";

/** One generation of an object. A change of its metadata makes another value with the same generation. */
export interface StoredObject extends ObjectMetadata, Stored {
  readonly bucket: string;
  readonly name: string;
  /** Microseconds since the epoch at its creation, made unique: as in the cloud, later is larger. */
  readonly generation: number;
  readonly metageneration: number;
  /** Milliseconds since the epoch, like all times here. */
  readonly timeCreated: number;
  readonly updated: number;
  /** When it became noncurrent. */
  readonly timeDeleted?: number;
  /** When it was deleted, where it can still be restored. */
  readonly softDeleteTime?: number;
  /** When that ends. */
  readonly hardDeleteTime?: number;
}

/** What is of the bytes alone. */
export interface Stored extends Checksums {
  readonly bytes: Buffer;
  /** Of how many objects it was composed; such an object has no MD5. */
  readonly componentCount?: number;
}
