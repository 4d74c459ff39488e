import { EventEmitter } from "node:events";
import type { Storage } from "@google-cloud/storage";

/** What is used of Google's library, loaded at first use. */
export function storageLibrary(): Promise<typeof import("./storage-client.ts")> {
  // It listens eleven times to one stream while it reads what is large, which Node would warn of as a leak.
  EventEmitter.defaultMaxListeners = 16;
  return import("./storage-client.ts");
}

/** Google's client, loaded at first use. */
export async function newStorage(): Promise<Storage> {
  const { Storage } = await storageLibrary();
  return new Storage();
}
