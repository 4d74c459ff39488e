import type { Objects } from "../runtime/google/objects.ts";
import { backOff, type ContentionPorts } from "./runs.ts";
import { NOTHING, type Content, type Generation, type RunStore } from "./run-store.ts";

const MAX_ATTEMPTS = 10;

/** Writes what only one writer at a time writes, whether or not it exists; never over a version that came meanwhile. */
export async function overwrite(
  store: RunStore,
  path: string,
  content: Content,
  ports: ContentionPorts,
): Promise<Generation> {
  let over: Generation = NOTHING;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const written = await store.put(path, content, over);
    if (written !== undefined) return written;
    if (attempt > 0) await backOff(attempt, ports);
    over = (await store.get(path))?.generation ?? NOTHING;
  }
  throw new Error(`${path} changes all the time.`);
}

/** A tenant's objects as leases need them (functions/runtime/lease.ts). */
export function objectsIn(store: RunStore, ports: ContentionPorts): Objects {
  const json = (text: string): Content => ({
    bytes: Buffer.from(text),
    contentType: "application/json",
  });
  return {
    read: async (name) => {
      const stored = await store.get(name);
      if (stored === undefined) return undefined;
      return { content: stored.bytes.toString(), generation: stored.generation };
    },
    create: (name, content) => store.put(name, json(content), NOTHING),
    replace: (name, generation, content) => store.put(name, json(content), generation),
    remove: (name, generation) => store.remove(name, generation),
    write: async (name, content, contentType) => {
      await overwrite(store, name, { bytes: Buffer.from(content), contentType }, ports);
    },
  };
}
