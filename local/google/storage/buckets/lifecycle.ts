/**
 * Deletes objects whose time has come. The cloud takes up to a day longer; here it happens at the moment.
 * Source: cloud.google.com/storage/docs/lifecycle.
 */
import type { Clock, Timer } from "../../../clock.ts";
import type { Bucket } from "./bucket.ts";
import type { DeletionRule } from "./settings.ts";
import type { StoredObject } from "../objects/object.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** One timer for a bucket, set to the first of its generations that a rule deletes. */
export class Lifecycle {
  readonly #clock: Clock;
  readonly #timers = new Map<Bucket, { readonly at: number; readonly timer: Timer }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** After generations of a name have come or gone. */
  expect(bucket: Bucket, name: string): void {
    if ((bucket.settings.lifecycle ?? []).length === 0) return;
    this.#wakeAt(bucket, Math.min(...bucket.generations(name).map(expiriesIn(bucket))));
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
    for (const name of bucket.versionedNames()) {
      for (const object of bucket.generations(name)) {
        if (expiryOf(object, bucket) <= now) remove(object, bucket, now);
      }
      // What was live a moment ago is noncurrent now, and may have its own time.
      next = Math.min(next, ...bucket.generations(name).map(expiriesIn(bucket)));
    }
    this.#wakeAt(bucket, next);
  }
}

/** As who names no generation deletes what is live, and for good what is not. */
function remove(object: StoredObject, bucket: Bucket, now: number): void {
  if (object.timeDeleted === undefined) bucket.retire(object.name, now);
  else bucket.erase(object, now);
}

function expiriesIn(bucket: Bucket): (object: StoredObject) => number {
  return (object) => expiryOf(object, bucket);
}

/** Milliseconds since the epoch; Infinity where no rule fits. */
function expiryOf(object: StoredObject, bucket: Bucket): number {
  const rules = bucket.settings.lifecycle ?? [];
  if (rules.length === 0) return Infinity;
  const generations = bucket.generations(object.name);
  const newer = generations.filter(({ generation }) => generation > object.generation).length;
  return Math.min(...rules.map((rule) => expiryBy(rule, object, newer)));
}

/** When the last of the rule's conditions is met; Infinity where one of them never is, as things are. */
function expiryBy(rule: DeletionRule, object: StoredObject, newer: number): number {
  const { name, timeCreated, timeDeleted } = object;
  const { ageDays = 0, isLive, numNewerVersions = 0, daysSinceNoncurrent } = rule;
  const { matchesPrefix, matchesSuffix } = rule;
  const fits =
    (matchesPrefix?.some((prefix) => name.startsWith(prefix)) ?? true) &&
    (matchesSuffix?.some((suffix) => name.endsWith(suffix)) ?? true) &&
    (isLive ?? timeDeleted === undefined) === (timeDeleted === undefined) &&
    newer >= numNewerVersions;
  if (!fits) return Infinity;
  const aged = timeCreated + ageDays * DAY_MS;
  if (daysSinceNoncurrent === undefined) return aged;
  return timeDeleted === undefined
    ? Infinity
    : Math.max(aged, timeDeleted + daysSinceNoncurrent * DAY_MS);
}
