/**
 * Objects of a bucket that were deleted or overwritten and can still be restored.
 * Source: cloud.google.com/storage/docs/soft-delete.
 */
import type { StoredObject } from "../objects/object.ts";

/** Of one bucket. The cloud keeps all of them for as long as was declared; here the oldest make room. */
export const MAX_SOFT_DELETED = 1000;
const MAX_SOFT_DELETED_BYTES = 64 * 1024 * 1024;

export class SoftDeleted {
  /** In the order in which they were deleted. */
  #objects: readonly StoredObject[] = [];

  /** Keeps it until then; both in milliseconds since the epoch. */
  add(object: StoredObject, now: number, until: number): void {
    const kept = [...this.all(now), { ...object, softDeleteTime: now, hardDeleteTime: until }];
    let bytes = kept.reduce((sum, each) => sum + each.bytes.length, 0);
    let first = Math.max(0, kept.length - MAX_SOFT_DELETED);
    for (const each of kept.slice(0, first)) bytes -= each.bytes.length;
    for (; bytes > MAX_SOFT_DELETED_BYTES; first += 1) bytes -= kept[first]?.bytes.length ?? bytes;
    this.#objects = kept.slice(first);
  }

  /** Those whose time is not over. */
  all(now: number): readonly StoredObject[] {
    return this.#objects.filter(({ hardDeleteTime = 0 }) => hardDeleteTime > now);
  }

  get(name: string, generation: number, now: number): StoredObject | undefined {
    return this.all(now).find((each) => each.name === name && each.generation === generation);
  }
}
