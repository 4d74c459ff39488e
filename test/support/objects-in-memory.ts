import type { ListedObjects, Stored } from "../../functions/runtime/google/objects.ts";

/** A bucket's objects in memory, with generations that never come again. */
export class ObjectsInMemory implements ListedObjects {
  readonly stored = new Map<string, Stored>();
  #generation = 0;

  read(name: string): Promise<Stored | undefined> {
    return Promise.resolve(this.stored.get(name));
  }

  create(name: string, content: string): Promise<string | undefined> {
    return Promise.resolve(this.stored.has(name) ? undefined : this.#put(name, content));
  }

  replace(name: string, generation: string, content: string): Promise<string | undefined> {
    const isSame = this.stored.get(name)?.generation === generation;
    return Promise.resolve(isSame ? this.#put(name, content) : undefined);
  }

  remove(name: string, generation: string): Promise<void> {
    if (this.stored.get(name)?.generation === generation) this.stored.delete(name);
    return Promise.resolve();
  }

  write(name: string, content: string): Promise<void> {
    this.#put(name, content);
    return Promise.resolve();
  }

  list(prefix: string, max: number): Promise<string[]> {
    const names = [...this.stored.keys()].filter((name) => name.startsWith(prefix)).sort();
    return Promise.resolve(names.slice(0, max));
  }

  #put(name: string, content: string): string {
    const generation = String(++this.#generation);
    this.stored.set(name, { content, generation });
    return generation;
  }
}
