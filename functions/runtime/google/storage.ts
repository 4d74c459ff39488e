import { EventEmitter } from "node:events";
import type { Storage, StorageOptions } from "@google-cloud/storage";

function library(): Promise<typeof import("./storage-client.ts")> {
  // It listens eleven times to one stream while it reads what is large, which Node would warn of as a leak.
  EventEmitter.defaultMaxListeners = 16;
  return import("./storage-client.ts");
}

/** Google's client, loaded at first use. */
export async function newStorage(): Promise<Storage> {
  const { Storage } = await library();
  return new Storage();
}

/**
 * The same for whoever writes only what is safe to repeat: a connection that was kept is closed at times just as it is
 * used. By default one `save` without a precondition ends all retries of the client.
 */
export async function newRepeatingStorage({
  retryOptions,
  ...options
}: StorageOptions = {}): Promise<Storage> {
  const { IdempotencyStrategy, Storage } = await library();
  const { RetryAlways } = IdempotencyStrategy;
  return new Storage({
    ...options,
    retryOptions: { ...retryOptions, idempotencyStrategy: RetryAlways },
  });
}
