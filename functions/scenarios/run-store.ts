// What the run API and its worker share: runs as objects of one bucket. Logic here meets the bucket through RunStore only;
// cloud-run-store.ts is its one implementation, in the cloud and on a laptop alike.

/** Which version of an object is there. */
export type Generation = string;
/** Where nothing is there yet. */
export const NOTHING: Generation = "0";

export interface Content {
  readonly bytes: Buffer;
  readonly contentType: string;
  /** Kept beside the object and listed with it; at most 8 KiB together. */
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface StoredObject {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly generation: Generation;
}

/** An object as lists show it. */
export interface ListedObject {
  /** From the tenant's folder on: `20261121021712/run.json`. */
  readonly path: string;
  readonly generation: Generation;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface ListQuery {
  /** What the paths begin with. */
  readonly prefix: string;
  /** Sums up what has a slash behind the prefix: folders instead of what is in them. Default: no. */
  readonly isShallow?: boolean;
  /** The first path, included. Default: the first there is. */
  readonly from?: string;
  /** The first path beyond, excluded. Default: none. */
  readonly until?: string;
  /** Of objects and folders together; at most 1000, the default. */
  readonly max?: number;
  /** What the page before said. */
  readonly token?: string;
}

export interface ListPage {
  readonly objects: readonly ListedObject[];
  /** With their slash, from the tenant's folder on. */
  readonly folders: readonly string[];
  /** Undefined on the last page. */
  readonly token: string | undefined;
}

/**
 * The objects of one tenant. Paths are from its folder on, made by paths.ts out of validated ids; nothing here reaches
 * beyond. Each method is one request to Cloud Storage.
 */
export interface RunStore {
  readonly tenant: string;
  /** Undefined where there is none. */
  get(path: string): Promise<StoredObject | undefined>;
  /**
   * Writes it in place of that generation; NOTHING creates it. Undefined where another generation is there by now.
   * Otherwise the new one.
   */
  put(path: string, content: Content, over: Generation): Promise<Generation | undefined>;
  /** Removes that generation. What is another one by now, or gone, is left alone. */
  remove(path: string, generation: Generation): Promise<void>;
  /** In the order of names by UTF-8 bytes. */
  list(query: ListQuery): Promise<ListPage>;
}

/** The stores of all tenants. */
export interface RunStores {
  of(tenant: string): RunStore;
}
