/**
 * Deletes objects whose time has come. The cloud takes up to a day longer; here it happens at the moment.
 * Source: cloud.google.com/storage/docs/lifecycle (age: days since the object's creation).
 */
import type { Clock, Timer } from "../../clock.ts";
import type { Bucket, StoredObject } from "./state.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** One timer for a bucket, set to the first of its objects that a rule deletes. */
export class Lifecycle {
  readonly #clock: Clock;
  readonly #timers = new Map<Bucket, { readonly at: number; readonly timer: Timer }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** After an object was written. */
  expect(bucket: Bucket, object: StoredObject): void {
    this.#wakeAt(bucket, expiryOf(object, bucket));
  }

  /** After the rules were changed. */
  reconsider(bucket: Bucket): void {
    this.forget(bucket);
    this.#sweep(bucket);
  }

  /** After the bucket was deleted. */
  forget(bucket: Bucket): void {
    this.#timers.get(bucket)?.timer.cancel();
    this.#timers.delete(bucket);
  }

  stop(): void {
    for (const bucket of [...this.#timers.keys()]) this.forget(bucket);
  }

  #wakeAt(bucket: Bucket, at: number): void {
    const set = this.#timers.get(bucket)?.at ?? Infinity;
    if (at >= set) return;
    this.forget(bucket);
    const timer = this.#clock.at(at, () => {
      this.#timers.delete(bucket);
      this.#sweep(bucket);
    });
    this.#timers.set(bucket, { at, timer });
  }

  #sweep(bucket: Bucket): void {
    const now = this.#clock.now();
    let next = Infinity;
    for (const object of [...bucket.objects()]) {
      const expiry = expiryOf(object, bucket);
      if (expiry <= now) bucket.delete(object.name);
      else next = Math.min(next, expiry);
    }
    this.#wakeAt(bucket, next);
  }
}

/** Milliseconds since the epoch; Infinity where no rule fits. */
function expiryOf({ name, timeCreated }: StoredObject, { settings }: Bucket): number {
  const ages = (settings.lifecycle ?? [])
    .filter(({ matchesPrefix }) => matchesPrefix?.some((p) => name.startsWith(p)) ?? true)
    .map(({ ageDays }) => timeCreated + ageDays * DAY_MS);
  return Math.min(Infinity, ...ages);
}
