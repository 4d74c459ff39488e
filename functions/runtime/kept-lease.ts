import { acquireLease } from "./lease.ts";
import type { LeasePorts } from "./lease.ts";
import { patiently } from "./patience.ts";
import type { Timers } from "./timers.ts";

/** How long a lease holds without being renewed, and how often it is. The first is what a killed holder costs. */
export interface Term {
  readonly seconds: number;
  readonly renewSeconds: number;
}

/** What keeping a lease needs from the world. */
export interface KeepingPorts extends LeasePorts, Timers {}

/** A lease that renews itself. */
export interface KeptLease {
  /** Aborted once it is lost. */
  readonly signal: AbortSignal;
  /** False where it is known to be lost. */
  isHeld(): boolean;
  /** Renews it out of turn, after which `isHeld` knows. Rejects where that could not be asked. */
  renew(): Promise<void>;
  /** Lets go of it. One that cannot be let go of ends by itself. */
  release(): Promise<void>;
}

/** Takes a lease and keeps it until it is released or lost. Undefined while another holds it. */
export async function keepLease(
  name: string,
  { seconds, renewSeconds }: Term,
  ports: KeepingPorts,
): Promise<KeptLease | undefined> {
  const lost = new AbortController();
  let until = ports.now() + seconds * 1000;
  const lease = await acquireLease(name, seconds, ports);
  if (lease === undefined) return undefined;

  // A renewal that hangs tells nobody that the term is over.
  const alarm = () => ports.after((until - ports.now()) / 1000, () => lost.abort());
  let silence = alarm();
  const renew = async (): Promise<void> => {
    const asked = ports.now();
    if (!(await lease.renew())) {
      lost.abort();
      return;
    }
    until = asked + seconds * 1000;
    silence();
    silence = alarm();
  };
  // Two renewals at once would take each other for another holder.
  let last = Promise.resolve();
  const inTurn = (action: () => Promise<void>): Promise<void> => {
    const next = last.then(action);
    last = next.catch(() => undefined);
    return next;
  };
  const stop = ports.every(renewSeconds, async () => {
    // What failed once may work the next time, while the term lasts.
    await inTurn(renew).catch(() => undefined);
  });
  return {
    signal: lost.signal,
    isHeld: () => !lost.signal.aborted && ports.now() < until,
    renew: () => inTurn(renew),
    release: async () => {
      stop();
      await inTurn(() => lease.release()).catch(() => undefined);
      silence();
    },
  };
}

/**
 * The same, but waits for another to let go of it: for a term at least, so that a holder that was killed has lost it by
 * then, and hardly longer. Undefined where the other still holds it after that.
 */
export function awaitLease(
  name: string,
  term: Term,
  ports: KeepingPorts,
): Promise<KeptLease | undefined> {
  return patiently(term.seconds, ports, () => keepLease(name, term, ports));
}
