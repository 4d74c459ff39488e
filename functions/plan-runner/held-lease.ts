import { acquireLease } from "../runtime/lease.ts";
import { Unavailable } from "./faults.ts";
import type { Ports } from "./ports.ts";

/** A lease that renews itself. */
export interface HeldLease {
  /** Aborted once it is lost. */
  readonly signal: AbortSignal;
  /** Throws Unavailable where it is known to be lost. */
  check(): void;
  /** Makes sure that it is held; throws Unavailable where it is not. */
  confirm(): Promise<void>;
  /** Lets go of it. One that cannot be let go of ends by itself. */
  release(): Promise<void>;
}

type LeaseHolding = Pick<Ports, "objects" | "now" | "newId" | "every" | "after" | "settings">;

/** Takes a lease and keeps it until it is released or lost. Undefined while another holds it. */
export async function holdLease(
  name: string,
  seconds: number,
  ports: LeaseHolding,
): Promise<HeldLease | undefined> {
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
  const stop = ports.every(ports.settings.renewSeconds, async () => {
    // What failed once may work the next time, while the term lasts.
    await inTurn(renew).catch(() => undefined);
  });
  const check = (): void => {
    if (lost.signal.aborted || ports.now() >= until) throw new Unavailable("The lease was lost.");
  };
  return {
    signal: lost.signal,
    check,
    confirm: async () => {
      check();
      await inTurn(renew);
      check();
    },
    release: async () => {
      stop();
      await inTurn(() => lease.release()).catch(() => undefined);
      silence();
    },
  };
}
