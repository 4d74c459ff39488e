import type { ListedObjects } from "../runtime/google/objects.ts";
import type { Timers } from "../runtime/timers.ts";
import { within } from "./within.ts";

/**
 * The same objects, each answer of which comes within so many seconds or is an error: Google's client waits for as long as
 * a connection stays open. What was written then may be there all the same.
 */
export function objectsWithin(
  seconds: number,
  objects: ListedObjects,
  timers: Pick<Timers, "after">,
): ListedObjects {
  const never = new AbortController().signal;
  const bounded = <T>(action: () => Promise<T>): Promise<T> =>
    within(seconds, never, timers, action);
  return {
    read: (name) => bounded(() => objects.read(name)),
    create: (name, content) => bounded(() => objects.create(name, content)),
    replace: (name, generation, content) =>
      bounded(() => objects.replace(name, generation, content)),
    remove: (name, generation) => bounded(() => objects.remove(name, generation)),
    write: (name, content, type) => bounded(() => objects.write(name, content, type)),
    list: (prefix, max) => bounded(() => objects.list(prefix, max)),
  };
}
