import type { Timers } from "../runtime/timers.ts";

/** Does something with a signal that is aborted after so many seconds, or together with another. */
export async function within<T>(
  seconds: number,
  outer: AbortSignal,
  { after }: Pick<Timers, "after">,
  action: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  // AbortSignal.any would keep a trace of each call for as long as the outer signal lives.
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  if (outer.aborted) abort();
  else outer.addEventListener("abort", abort);
  const cancel = after(seconds, abort);
  try {
    return await action(controller.signal);
  } finally {
    cancel();
    outer.removeEventListener("abort", abort);
  }
}
