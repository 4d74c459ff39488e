/** What a process still needs: its memory after a collection, asked through Node's inspector. */
import { once } from "node:events";

interface HeapUsage {
  /** Of objects, in bytes. */
  readonly usedSize: number;
  /** Of what buffers stand for, in bytes. */
  readonly backingStorageSize: number;
}

/** Bytes. `inspector` is the address that a process under `--inspect` prints: `ws://127.0.0.1:…`. */
export async function liveBytes(inspector: string): Promise<number> {
  const socket = new WebSocket(inspector);
  await once(socket, "open");
  const ask = async (id: number, method: string): Promise<unknown> => {
    const answer = Promise.withResolvers<string>();
    socket.onmessage = ({ data }) => answer.resolve(String(data));
    socket.onclose = () => answer.reject(new Error("The process has ended."));
    socket.send(JSON.stringify({ id, method }));
    return (JSON.parse(await answer.promise) as { readonly result: unknown }).result;
  };
  try {
    // What a finalizer lets go of is collected by the second.
    for (const id of [1, 2]) await ask(id, "HeapProfiler.collectGarbage");
    const { usedSize, backingStorageSize } = (await ask(3, "Runtime.getHeapUsage")) as HeapUsage;
    return usedSize + backingStorageSize;
  } finally {
    socket.close();
  }
}
