/** Work in a thread of its own: what it loads is read afresh from disk, and is gone with it. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";

/**
 * Starts a module of this folder with a value and resolves with the one message it posts. Rejects with what it throws,
 * while it is loaded too, and when `signal` ends it.
 */
export async function inThread<T>(
  module: string,
  value: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const worker = new Worker(new URL(module, import.meta.url), { workerData: value });
  const ended = once(worker, "exit").then(() => {
    throw new Error(`${module} ended without a result`);
  });
  ended.catch(() => undefined);
  try {
    const message = once(worker, "message", { ...(signal && { signal }) });
    const [result] = (await Promise.race([message, ended])) as [T];
    return result;
  } finally {
    await worker.terminate();
  }
}
