import type { Timers } from "../runtime/timers.ts";

/**
 * Does something with a signal that is aborted after so many seconds, or together with another. Rejects then, whether or not
 * what is done heeds the signal: Google's clients take none.
 */
export async function within<T>(
  seconds: number,
  outer: AbortSignal,
  { after }: Pick<Timers, "after">,
  action: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  // AbortSignal.any would keep a trace of each call for as long as the outer signal lives.
  const controller = new AbortController();
  const ended = Promise.withResolvers<never>();
  const end = (reason: string): void => {
    controller.abort();
    ended.reject(new Error(reason));
  };
  const giveUp = (): void => end("It was given up.");
  if (outer.aborted) giveUp();
  else outer.addEventListener("abort", giveUp);
  const cancel = after(seconds, () => end(`It took longer than ${seconds} s.`));
  try {
    return await Promise.race([action(controller.signal), ended.promise]);
  } finally {
    cancel();
    outer.removeEventListener("abort", giveUp);
  }
}
