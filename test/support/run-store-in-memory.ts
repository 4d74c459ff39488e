import type {
  Content,
  Generation,
  ListPage,
  ListQuery,
  RunStore,
  RunStores,
  StoredObject,
} from "../../functions/scenarios/run-store.ts";
import { NOTHING } from "../../functions/scenarios/run-store.ts";

const MAX_RESULTS = 1000;

interface Kept extends Content {
  readonly generation: Generation;
}

/** Runs in memory, with the preconditions and the lists of Cloud Storage, counting what it is asked. */
export class RunStoresInMemory implements RunStores {
  /** By `tenant/path`. */
  readonly objects = new Map<string, Kept>();
  /** Every call: `get public/r1/run.json`. */
  readonly calls: string[] = [];
  /** Called before each call is answered. */
  before: (call: string) => Promise<void> | void = () => undefined;
  #generation = 0;
  /** In the order of lists; absent after a name has come or gone. */
  #names: readonly string[] | undefined;

  of(tenant: string): RunStore {
    const nameOf = (path: string): string => `${tenant}/${path}`;
    return {
      tenant,
      get: async (path) => {
        await this.#called("get", nameOf(path));
        return stored(this.objects.get(nameOf(path)));
      },
      put: async (path, content, over) => {
        await this.#called("put", nameOf(path));
        return this.write(nameOf(path), content, over);
      },
      remove: async (path, generation) => {
        await this.#called("remove", nameOf(path));
        const name = nameOf(path);
        if (this.objects.get(name)?.generation !== generation) return;
        this.objects.delete(name);
        this.#names = undefined;
      },
      list: async (query) => {
        await this.#called("list", nameOf(query.prefix));
        return this.#list(`${tenant}/`, query);
      },
    };
  }

  /** Undefined where another generation is there. */
  write(name: string, content: Content, over: Generation): Generation | undefined {
    if ((this.objects.get(name)?.generation ?? NOTHING) !== over) return undefined;
    this.#generation += 1;
    if (over === NOTHING) this.#names = undefined;
    const generation = String(this.#generation);
    this.objects.set(name, { ...content, generation });
    return generation;
  }

  /** As somebody does who knows of no preconditions. */
  plant(name: string, text: string, contentType = "application/json"): void {
    const over = this.objects.get(name)?.generation ?? NOTHING;
    this.write(name, { bytes: Buffer.from(text), contentType }, over);
  }

  json(name: string): unknown {
    const kept = this.objects.get(name);
    return kept === undefined ? undefined : JSON.parse(kept.bytes.toString());
  }

  /** All names that begin so. */
  names(prefix: string): readonly string[] {
    return this.#sorted().filter((name) => name.startsWith(prefix));
  }

  async #called(what: string, name: string): Promise<void> {
    const call = `${what} ${name}`;
    this.calls.push(call);
    await this.before(call);
    // Every call takes a turn, so that those who race meet each other.
    await Promise.resolve();
  }

  #sorted(): readonly string[] {
    this.#names ??= [...this.objects.keys()].sort();
    return this.#names;
  }

  #list(folder: string, query: ListQuery): ListPage {
    const { prefix, isShallow = false, from = "", until, max = MAX_RESULTS, token } = query;
    const names = this.#sorted();
    const begin = [folder + prefix, folder + from, token ?? ""].sort().at(-1) ?? "";
    const objects: { path: string; generation: Generation; metadata: Record<string, string> }[] =
      [];
    const folders = new Set<string>();
    let at = lowerBound(names, begin);
    for (;;) {
      const name = names[at];
      if (name?.startsWith(folder + prefix) !== true) break;
      if (until !== undefined && name >= folder + until) break;
      if (objects.length + folders.size >= Math.min(max, MAX_RESULTS)) {
        return { objects, folders: [...folders], token: name };
      }
      const slash = isShallow ? name.indexOf("/", folder.length + prefix.length) : -1;
      if (slash === -1) {
        const kept = this.objects.get(name);
        if (kept !== undefined) {
          const { generation, metadata = {} } = kept;
          objects.push({ path: name.slice(folder.length), generation, metadata });
        }
        at += 1;
      } else {
        const directory = name.slice(0, slash + 1);
        folders.add(directory.slice(folder.length));
        // The first name behind all that begin with it.
        at = lowerBound(names, `${directory.slice(0, -1)}0`);
      }
    }
    return { objects, folders: [...folders], token: undefined };
  }
}

function stored(kept: Kept | undefined): StoredObject | undefined {
  if (kept === undefined) return undefined;
  const { bytes, contentType, generation } = kept;
  return { bytes, contentType, generation };
}

/** Where that text stands or would stand. */
function lowerBound(names: readonly string[], text: string): number {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((names[middle] ?? "") < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
