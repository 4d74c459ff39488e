import { setTimeout as delay } from "node:timers/promises";

/** What takes time, as ports name it. */
export interface Timers {
  /** Rejects as soon as the signal is aborted. */
  readonly wait: (seconds: number, signal?: AbortSignal) => Promise<void>;
  /** Does something again and again, never twice at once, until the function that it returns is called. */
  readonly every: (seconds: number, action: () => Promise<void>) => () => void;
  /** Does something once, that much later, unless the function that it returns is called before. */
  readonly after: (seconds: number, action: () => void) => () => void;
}

/** The timers of this process. */
export const timers: Timers = { wait, every, after };

async function wait(seconds: number, signal?: AbortSignal): Promise<void> {
  await delay(seconds * 1000, undefined, signal === undefined ? {} : { signal });
}

function after(seconds: number, action: () => void): () => void {
  const timer = setTimeout(action, seconds * 1000);
  return () => clearTimeout(timer);
}

/** The next time comes that long after the last one is over, so that it never happens twice at once. */
function every(seconds: number, action: () => Promise<void>): () => void {
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
