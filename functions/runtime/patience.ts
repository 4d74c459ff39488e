import type { Timers } from "./timers.ts";

/** In seconds. What is waited for takes seconds too; the last goes on until even whoever was killed has lost its lease. */
const WAITS = [0.2, 0.3, 0.5, 1, 2, 3, 5];
const LAST_WAIT = 8;

/** Tries again and again until something comes of it, for so many seconds; undefined where nothing did. */
export async function patiently<T>(
  seconds: number,
  { wait }: Pick<Timers, "wait">,
  attempt: () => Promise<T | undefined>,
): Promise<T | undefined> {
  let waited = 0;
  for (let times = 0; ; times += 1) {
    const outcome = await attempt();
    if (outcome !== undefined || waited >= seconds) return outcome;
    const pause = WAITS[times] ?? LAST_WAIT;
    await wait(pause);
    waited += pause;
  }
}
