import { ask, askPatiently, lockAnswerOf, lockPath } from "../bridge/workflows.ts";
import type { Answer, LockAnswer } from "../bridge/workflows.ts";
import type { Tenant } from "../messages/tenant.ts";
import type { Ports } from "./ports.ts";

const CONFLICT = 409;
const ACQUIRE = { attempts: 3, seconds: 5, baseSeconds: 0.5 };
/** All attempts together stay below what a process has after SIGTERM. */
const RELEASE = { attempts: 3, seconds: 0.8, baseSeconds: 0.1 };
const MIN_REFRESH_SECONDS = 15;
/** Of the lease, after which it is refreshed, less a little by chance. */
const REFRESH_SHARE = 0.6;
const MAX_JITTER_SECONDS = 5;
const JITTER_SHARE = 0.1;
/** After a refresh that failed. */
const REFRESH_AGAIN_SECONDS = 3;

export type Loss =
  /** Another has it, or somebody took it from us. */
  | "taken"
  /** It could not be refreshed in time. */
  | "expired";

/** A project's lock, held. */
export interface HeldLock {
  readonly consumerId: string;
  /** False where it is known to be lost, or may be. */
  isHeld(): boolean;
  /** Milliseconds since the epoch. */
  until(): number;
  /** Looks whether somebody took it away. */
  look(): Promise<void>;
  /** Stops refreshing it, and lets go of it if it is still ours. */
  release(reason: string): Promise<void>;
}

export type Acquired =
  | { readonly kind: "held"; readonly lock: HeldLock }
  | { readonly kind: "conflict"; readonly holder: string | undefined }
  /** Without a clear answer nobody works. */
  | { readonly kind: "unknown"; readonly reason: string };

/** Takes the lock and keeps it. `onLoss` is called once, as soon as it is lost. */
export async function acquireLock(
  tenant: Tenant,
  consumerId: string,
  leaseSeconds: number,
  signal: AbortSignal,
  onLoss: (loss: Loss) => void,
  ports: Ports,
): Promise<Acquired> {
  const { workflows } = ports.settings;
  const call = (verb: "acquire" | "release", body: object) => ({
    method: "POST" as const,
    path: lockPath(tenant, verb),
    headers: { "x-consumer-id": consumerId },
    body: JSON.stringify({ consumerId, ...body }),
  });
  const acquire = call("acquire", { leaseMs: leaseSeconds * 1000, consumerType: "CLOUD" });

  let until = ports.now() + leaseSeconds * 1000;
  const first = await askPatiently(workflows, tenant, acquire, { ...ACQUIRE, signal }, ports);
  if (isConflict(first)) {
    return { kind: "conflict", holder: lockAnswerOf(first)?.holder?.consumerId };
  }
  if (!isTaken(first)) {
    return { kind: "unknown", reason: `The lock answered ${first?.status ?? "nothing"}.` };
  }

  let isOver = false;
  let stopAlarm = (): void => undefined;
  let stopRefreshing = (): void => undefined;
  const end = (): void => {
    isOver = true;
    stopAlarm();
    stopRefreshing();
  };
  const lose = (loss: Loss): void => {
    if (isOver) return;
    end();
    onLoss(loss);
  };
  // A refresh that hangs tells nobody that the lease is over.
  const setAlarm = (): void => {
    stopAlarm();
    stopAlarm = ports.after((until - ports.now()) / 1000, () => lose("expired"));
  };
  const refreshIn = (seconds: number): void => {
    stopRefreshing = ports.after(seconds, () => void refresh());
  };
  const refresh = async (): Promise<void> => {
    const asked = ports.now();
    const answer = await ask(workflows, tenant, acquire, { seconds: 5, signal }, ports);
    if (isOver) return;
    if (isConflict(answer)) {
      lose("taken");
    } else if (isTaken(answer)) {
      // Somebody who released it wants us to end; it was free, and is now ours by mistake.
      if (lockAnswerOf(answer)?.refreshed !== true) {
        lose("taken");
        await letGo("lost");
        return;
      }
      until = asked + leaseSeconds * 1000;
      setAlarm();
      refreshIn(refreshSeconds(leaseSeconds, ports.random));
    } else {
      refreshIn(REFRESH_AGAIN_SECONDS);
    }
  };
  const letGo = async (reason: string): Promise<void> => {
    const release = call("release", { reason, at: ports.now() });
    // It is released while all else is being ended, too.
    const never = new AbortController().signal;
    await askPatiently(workflows, tenant, release, { ...RELEASE, signal: never }, ports);
  };
  setAlarm();
  refreshIn(refreshSeconds(leaseSeconds, ports.random));

  const lock: HeldLock = {
    consumerId,
    isHeld: () => !isOver && ports.now() < until,
    until: () => until,
    look: async () => {
      const status = { method: "GET" as const, path: lockPath(tenant, "status") };
      const answer = await ask(workflows, tenant, status, { seconds: 5, signal }, ports);
      const seen = answer?.status === 200 ? lockAnswerOf(answer) : undefined;
      if (seen !== undefined && isOthers(seen, consumerId)) lose("taken");
    },
    release: async (reason) => {
      if (isOver) return;
      end();
      await letGo(reason);
    },
  };
  return { kind: "held", lock };
}

function isTaken(answer: Answer): boolean {
  return answer !== undefined && answer.status >= 200 && answer.status < 300;
}

function isConflict(answer: Answer): boolean {
  return answer?.status === CONFLICT || lockAnswerOf(answer)?.conflict === true;
}

/** A lock that says nothing about its holder says nothing. */
function isOthers({ locked, holder }: LockAnswer, consumerId: string): boolean {
  if (locked === false) return true;
  const other = holder?.consumerId;
  return locked === true && other !== undefined && other !== consumerId;
}

function refreshSeconds(leaseSeconds: number, random: () => number): number {
  const jitter = random() * Math.min(JITTER_SHARE * leaseSeconds, MAX_JITTER_SECONDS);
  return Math.max(MIN_REFRESH_SECONDS, REFRESH_SHARE * leaseSeconds - jitter);
}
