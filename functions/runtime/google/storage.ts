import type { Storage } from "@google-cloud/storage";

/** Google's client, loaded at first use. */
export async function newStorage(): Promise<Storage> {
  const { Storage } = await import("./storage-client.ts");
  return new Storage();
}
