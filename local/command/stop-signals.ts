/** Ctrl-C and its relatives. */
import { setTimeout as delay } from "node:timers/promises";

/** npm passes Ctrl-C on to a child to which the terminal has already sent it; that is one request, not two. */
const REPEAT_MS = 300;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export interface StopSignals {
  /** Resolves with the first signal after `started()`. */
  readonly asked: Promise<undefined>;
  /** Asks for the end as a signal does. */
  readonly ask: () => void;
  /** From now on there is something to stop. Until then a signal ends the process. */
  readonly started: () => void;
  /** Resolves when no repetition is to be expected any more: it would kill a process that is ending already. */
  readonly over: () => Promise<void>;
}

/** The first signal asks for the end; a second one does not wait for it. */
export function stopSignals(): StopSignals {
  const asked = Promise.withResolvers<undefined>();
  let isStarted = false;
  let first: number | undefined;
  const onSignal = (): void => {
    if (!isStarted) process.exit(0);
    first ??= performance.now();
    if (performance.now() - first > REPEAT_MS) process.exit(1);
    asked.resolve(undefined);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    asked: asked.promise,
    ask: () => asked.resolve(undefined),
    started: () => void (isStarted = true),
    over: async () => {
      if (first !== undefined) await delay(REPEAT_MS - (performance.now() - first));
    },
  };
}
