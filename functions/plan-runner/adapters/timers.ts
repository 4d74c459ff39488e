import { setTimeout as delay } from "node:timers/promises";

export async function wait(seconds: number): Promise<void> {
  await delay(seconds * 1000);
}

export function after(seconds: number, action: () => void): () => void {
  const timer = setTimeout(action, seconds * 1000);
  return () => clearTimeout(timer);
}

/** The next time comes that long after the last one is over, so that it never happens twice at once. */
export function every(seconds: number, action: () => Promise<void>): () => void {
  const stopped = new AbortController();
  const repeat = async (): Promise<void> => {
    for (;;) {
      await delay(seconds * 1000, undefined, { signal: stopped.signal });
      await action();
    }
  };
  // Only the stop ends it: actions keep their failures to themselves.
  repeat().catch(() => undefined);
  return () => stopped.abort();
}
