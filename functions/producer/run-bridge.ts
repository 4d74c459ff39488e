import { objectsWithin } from "../bridge/objects-within.ts";
import { readAs } from "../bridge/read-as.ts";
import { within } from "../bridge/within.ts";
import {
  Beginning,
  DeadLetter,
  ResendOrder,
  StopOrder,
  beginningObject,
  deadLetterObject,
  resendFolder,
  stopObject,
} from "../messages/bridge-objects.ts";
import type { BridgeRun } from "../messages/bridge-run.ts";
import type { Objects } from "../runtime/google/objects.ts";
import { BoundedQueue } from "./bounded-queue.ts";
import { Cursor } from "./cursor.ts";
import type { StoredCursor } from "./cursor.ts";
import { Ending } from "./ending.ts";
import type { Cause } from "./ending.ts";
import { EXCHANGE_GRACE_SECONDS } from "./consumer/exchange.ts";
import { acquireLock } from "./lock.ts";
import type { HeldLock } from "./lock.ts";
import type { Ports } from "./ports.ts";
import { Position, startOf } from "./stream/position.ts";
import { Progress, inherited } from "./progress.ts";
import type { Inherited } from "./progress.ts";
import { hasWork, readStream } from "./stream/read-stream.ts";
import { settle, settleAgain } from "./settle.ts";
import type { Settled, Settling } from "./settle.ts";
import { isToolEvent, readEvent } from "./stream/tool-event.ts";
import type { ToolEvent } from "./stream/tool-event.ts";

/** What a run comes to. */
export type RunResult =
  /** Another holds the lock, and works. */
  | { readonly kind: "conflict" }
  /** Over; a successor is queued where there is more to do. */
  | { readonly kind: "ended"; readonly by: Cause; readonly hasSuccessor: boolean }
  /** The same task should come again. */
  | { readonly kind: "retry"; readonly reason: string };

/** After these the task is to come again; the others end the run for good, or have a successor. */
const COMES_AGAIN: readonly Cause[] = [
  "stopping",
  "gone",
  "lock-expired",
  "refused",
  "cursor",
  "state",
];
const MIN_LEASE_SECONDS = 30;
/** For callback, cursor and all that an event takes besides its tool. */
const SETTLE_SECONDS = 10;
const MAX_RESENDS_AT_ONCE = 20;
/** For one request to the state bucket, and for the work folder. */
const STATE_SECONDS = 20;
const UNREADABLE = "The state bucket could not be read.";
/** Saying how it ended must not take the time to let go of the lock. */
const MAX_SAVE_SECONDS = 1.5;

type Item =
  | { readonly kind: "event"; readonly event: ToolEvent }
  | { readonly kind: "resend"; readonly order: ResendOrder; readonly name: string };

/**
 * Carries the events of one workspace to the consumer and its answers back, from the lock's taking to its release, for as
 * long as the caller waits. `gone` is aborted when the caller does no longer.
 */
export async function runBridge(
  run: BridgeRun,
  gone: AbortSignal,
  given: Ports,
): Promise<RunResult> {
  const objects = objectsWithin(STATE_SECONDS, given.objects, given);
  const ports: Ports = { ...given, objects };
  const { settings, now, log } = ports;
  const patience = Math.min(run.deadline_s, settings.timeoutSeconds) - settings.marginSeconds;
  const endAt = now() + patience * 1000;
  const order = await isStopped(run, objects).catch(() => "unknown");
  if (order === "unknown") return { kind: "retry", reason: UNREADABLE };
  if (order === true) return { kind: "ended", by: "stopped", hasSuccessor: false };

  const ending = new Ending(ports, settings.shutdownSeconds);
  const stopListening = listen(ending, ports.stopping, gone);
  try {
    const nameOf = (id: string): string => `${settings.consumerId}-${id}-`;
    const acquired = await acquireLock(
      run.tenant,
      `${nameOf(run.run_id)}${ports.newId()}`,
      Math.max(MIN_LEASE_SECONDS, (run.lease_ms ?? settings.leaseSeconds * 1000) / 1000),
      ending.abandon,
      (loss) => ending.end(`lock-${loss}`),
      ports,
    );
    if (acquired.kind === "unknown") return { kind: "retry", reason: acquired.reason };
    if (acquired.kind === "conflict") {
      // A run of the same chain that was killed holds it until its lease is over; nobody else would go on with its work.
      const own = [run.run_id, run.predecessor].filter((id) => id !== undefined).map(nameOf);
      const isOwn = own.some((name) => acquired.holder?.startsWith(name));
      return isOwn
        ? { kind: "retry", reason: "The lock of an earlier run is not over yet." }
        : { kind: "conflict" };
    }
    const { lock } = acquired;
    const bridge = new Bridge(run, lock, ending, endAt, ports);
    const cause = await bridge.run();
    await lock.release(cause);
    return await resultOf(cause, bridge, run, ending, ports);
  } finally {
    stopListening();
    ending.close();
    log("INFO", "A run is over", {
      run_id: run.run_id,
      took_ms: now() - (endAt - patience * 1000),
    });
  }
}

function listen(ending: Ending, stopping: AbortSignal, gone: AbortSignal): () => void {
  const onStopping = (): void => ending.end("stopping", "The instance is to end.");
  const onGone = (): void => ending.end("gone", "The caller went away.");
  if (stopping.aborted) onStopping();
  if (gone.aborted) onGone();
  stopping.addEventListener("abort", onStopping);
  gone.addEventListener("abort", onGone);
  return () => {
    stopping.removeEventListener("abort", onStopping);
    gone.removeEventListener("abort", onGone);
  };
}

async function resultOf(
  cause: Cause,
  bridge: Bridge,
  run: BridgeRun,
  ending: Ending,
  ports: Ports,
): Promise<RunResult> {
  if (COMES_AGAIN.includes(cause)) {
    return {
      kind: "retry",
      reason: ending.reason === "" ? `It ended by ${cause}.` : ending.reason,
    };
  }
  // Whoever posts an event and then asks for a start finds the lock held before its release, or starts anew after it: what
  // came in between is seen by looking once more.
  const isMore = cause === "deadline" || (cause === "idle" && (await bridge.hasMore()));
  if (!isMore) return { kind: "ended", by: cause, hasSuccessor: false };
  try {
    const runId = ports.newId();
    const active_at = new Date(cause === "idle" ? ports.now() : bridge.activeAt).toISOString();
    await ports.addRun({ ...run, run_id: runId, predecessor: run.run_id, active_at }, runId);
    return { kind: "ended", by: cause, hasSuccessor: true };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { kind: "retry", reason: `The successor could not be queued: ${why}` };
  }
}

async function isStopped(run: BridgeRun, objects: Objects): Promise<boolean> {
  const order = await readAs(StopOrder, stopObject(run.tenant), objects);
  return order !== undefined && order.stopped_at >= run.started_at;
}

/** One run while it holds the lock. */
class Bridge {
  readonly #run: BridgeRun;
  readonly #lock: HeldLock;
  readonly #ending: Ending;
  readonly #endAt: number;
  readonly #ports: Ports;
  readonly #queue: BoundedQueue<Item>;
  readonly #cursor: Cursor;
  readonly #progress: Progress;
  readonly #ordered = new Set<string>();
  #position: Position | undefined;
  #before: Inherited = { settled: undefined, head: undefined };
  #lastActivity: number;
  #isBusy = false;
  #hasBegun = false;
  #leftBehind = false;
  /** The cursor's way behind the last event that was answered. */
  #commit: Promise<Settled> = Promise.resolve({ kind: "settled" });

  constructor(run: BridgeRun, lock: HeldLock, ending: Ending, endAt: number, ports: Ports) {
    this.#run = run;
    this.#lock = lock;
    this.#ending = ending;
    this.#endAt = endAt;
    this.#ports = ports;
    this.#queue = new BoundedQueue(ports.settings.maxQueued);
    this.#cursor = new Cursor(run.tenant, ports);
    this.#lastActivity = run.active_at === undefined ? ports.now() : Date.parse(run.active_at);
    const pending = () =>
      this.#queue.items.flatMap((item) => (item.kind === "event" ? [item.event] : []));
    this.#progress = new Progress(run, lock.consumerId, pending, ports.now);
  }

  /** Works until there is a cause to end, and until nothing is in flight. */
  async run(): Promise<Cause> {
    const position = await this.#start();
    if (position !== undefined) await this.#work(position);
    const cause = await this.#ending.cause;
    await this.#save(cause);
    return cause;
  }

  /** When it last had something to do, in milliseconds since the epoch: now, while it has. */
  get activeAt(): number {
    const isIdle = !this.#isBusy && this.#queue.items.length === 0 && !this.#leftBehind;
    return isIdle ? this.#lastActivity : this.#ports.now();
  }

  /** Whether events or orders were left, or have come since. */
  async hasMore(): Promise<boolean> {
    if (this.#leftBehind) return true;
    if (this.#position === undefined) return false;
    const { tenant } = this.#run;
    const signal = this.#ending.abandon;
    const orders = this.#ports.objects.list(resendFolder(tenant), 1).catch(() => []);
    if (await hasWork({ tenant, position: this.#position, signal }, this.#ports)) return true;
    return (await orders).length > 0;
  }

  /** Undefined where the beginning cannot be found; the run ends then. */
  async #start(): Promise<Position | undefined> {
    const { objects, settings, now } = this.#ports;
    const { abandon } = this.#ending;
    const { tenant } = this.#run;
    const [before, stored] = await Promise.all([
      Promise.all([
        inherited(tenant, objects),
        readAs(Beginning, beginningObject(tenant), objects),
      ]).catch(() => undefined),
      this.#cursor.read(abandon),
      this.#makeWorkFolder(),
    ]);
    if (before === undefined) {
      this.#ending.end("state", UNREADABLE);
      return undefined;
    }
    const [left, beginning = this.#run] = before;
    this.#before = left;
    if (stored === "unknown") {
      this.#ending.end("cursor", "The cursor could not be read.");
      return undefined;
    }
    if (!(await this.#makeUp(left))) {
      this.#ending.end("cursor", "The cursor could not be moved.");
      return undefined;
    }
    const known = this.#cursor.stored;
    const cursor: StoredCursor =
      known === undefined ? stored : { eventId: known.id, timestamp: known.time };
    this.#progress.committed = known;
    this.#position = new Position(startOf(cursor, beginning, settings, now()), left.settled);
    return this.#position;
  }

  /** A mount that hangs holds up nobody: the work goes on without. */
  async #makeWorkFolder(): Promise<void> {
    const { makeWorkFolder, log } = this.#ports;
    const make = (): Promise<void> => makeWorkFolder(this.#run.tenant, log);
    await within(STATE_SECONDS, this.#ending.abandon, this.#ports, make).catch(() =>
      log("NOTICE", "The work folder does not answer; the work goes on without"),
    );
  }

  /** The run before may have answered an event without being able to move the cursor. */
  async #makeUp({ settled }: Inherited): Promise<boolean> {
    if (settled === undefined || !this.#lock.isHeld()) return true;
    const isCommitted = await this.#cursor.commit(settled, this.#ending.abandon);
    if (!isCommitted) this.#progress.settled = settled;
    return isCommitted;
  }

  async #work(position: Position): Promise<void> {
    const { settings, now, after, every } = this.#ports;
    const seconds = (this.#endAt - now()) / 1000;
    const cancels = [
      after(Math.max(0, seconds), () => this.#ending.end("deadline")),
      every(settings.watchSeconds, () => this.#watch()),
      this.#watchIdle(),
    ];
    const reading = this.#read(position);
    const working = this.#settleAll();
    await this.#watch();
    await this.#ending.cause;
    this.#queue.close();
    await Promise.all([reading, working]);
    for (const cancel of cancels) cancel();
  }

  async #read(position: Position): Promise<void> {
    const { settings } = this.#ports;
    const { tenant, heartbeat_ms, backoff_ms } = this.#run;
    const refused = await readStream(
      {
        tenant,
        position,
        heartbeatSeconds: (heartbeat_ms ?? settings.heartbeatSeconds * 1000) / 1000,
        backoffSeconds: (backoff_ms ?? settings.backoffSeconds * 1000) / 1000,
        signal: this.#ending.noMore,
        take: async (event) => {
          this.#lastActivity = this.#ports.now();
          this.#progress.received(event);
          if (!isToolEvent(event)) return;
          if (!(await this.#queue.add({ kind: "event", event }))) this.#leftBehind = true;
        },
        onReconnect: () => {
          this.#progress.counts.reconnects += 1;
        },
      },
      this.#ports,
    );
    if (refused !== undefined) this.#ending.end("refused", refused);
  }

  /** One after the other. While one's tool runs, the cursor may still be on its way behind the one before. */
  async #settleAll(): Promise<void> {
    for (let item = await this.#queue.first(); item; item = await this.#queue.first()) {
      this.#isBusy = true;
      const isSettled =
        item.kind === "event" ? await this.#settle(item.event) : await this.#resend(item);
      this.#isBusy = false;
      this.#lastActivity = this.#ports.now();
      if (!isSettled) break;
      this.#queue.removeFirst();
    }
    await this.#commit;
  }

  async #settle(event: ToolEvent): Promise<boolean> {
    // One that would not end in time even in a new run has to be begun in one.
    if (this.#hasBegun && !this.#fits(event)) {
      this.#ending.end("deadline");
      return false;
    }
    this.#hasBegun = true;
    const { maxAttempts } = this.#ports.settings;
    const { head } = this.#before;
    const before = head?.id === event.id ? Math.min(head.attempts, maxAttempts - 1) : 0;
    const settled = await settle(event, before, this.#commit, this.#settling, this.#ports);
    if (settled.kind !== "answered") return this.#goesOn(settled);
    this.#commit = settled.commit;
    void settled.commit.then((committed) => this.#goesOn(committed));
    return true;
  }

  /** Ends the run where an event was not settled. */
  #goesOn(settled: Settled): boolean {
    if (settled.kind === "settled") return true;
    if (settled.kind === "stuck") this.#ending.end(settled.by, settled.reason);
    else this.#ending.end(this.#lock.isHeld() ? "deadline" : "lock-expired");
    return false;
  }

  get #settling(): Settling {
    return {
      tenant: this.#run.tenant,
      lock: this.#lock,
      cursor: this.#cursor,
      progress: this.#progress,
      fits: (event) => this.#fits(event),
      abandon: this.#ending.abandon,
      noMore: this.#ending.noMore,
    };
  }

  #fits({ toolSeconds }: ToolEvent): boolean {
    const seconds = toolSeconds + EXCHANGE_GRACE_SECONDS + SETTLE_SECONDS;
    return this.#ports.now() + seconds * 1000 <= this.#endAt;
  }

  /** A resend that cannot be ended is left for the next run. */
  async #resend({ order, name }: Extract<Item, { kind: "resend" }>): Promise<boolean> {
    const { objects } = this.#ports;
    const letterName = deadLetterObject(this.#run.tenant, order.event_id);
    try {
      const letter = await readAs(DeadLetter, letterName, objects);
      const event = letter && eventOf(letter, this.#ports);
      if (letter !== undefined && event !== undefined) {
        const settled = await settleAgain(event, letter, this.#settling, this.#ports);
        if (settled === "left") return !this.#ending.isEnded;
        if (settled === "settled") await removeObject(letterName, objects);
        else await writeObject(letterName, { ...letter, ...settled }, objects);
      }
      await removeObject(name, objects);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#ports.log("WARNING", `A dead letter could not be sent again: ${why}`, {
        event_id: order.event_id,
      });
    }
    this.#ordered.delete(name);
    return true;
  }

  /** Looks for orders, and whether the lock is still ours; says how far it is. */
  async #watch(): Promise<void> {
    const { objects } = this.#ports;
    this.#progress.lockUntil = this.#lock.until();
    const looks = [
      this.#lock.look(),
      isStopped(this.#run, objects).then((stopped) => stopped && this.#ending.end("stopped")),
      this.#takeOrders(),
      this.#progress.save(objects),
    ];
    // What cannot be seen or said now will be the next time.
    await Promise.allSettled(looks);
  }

  async #takeOrders(): Promise<void> {
    const { objects } = this.#ports;
    const names = await objects.list(resendFolder(this.#run.tenant), MAX_RESENDS_AT_ONCE);
    for (const name of names) {
      if (this.#ordered.has(name)) continue;
      this.#ordered.add(name);
      const order = await readAs(ResendOrder, name, objects);
      // It waits for its turn, as an event would.
      if (order !== undefined) void this.#queue.add({ kind: "resend", order, name });
    }
  }

  #watchIdle(): () => void {
    const { settings, now, after } = this.#ports;
    if (settings.idleSeconds === 0) return () => undefined;
    let cancel = (): void => undefined;
    const check = (): void => {
      const idle = (now() - this.activeAt) / 1000;
      if (idle >= settings.idleSeconds) this.#ending.end("idle");
      else cancel = after(settings.idleSeconds - idle, check);
    };
    check();
    return () => cancel();
  }

  async #save(cause: Cause): Promise<void> {
    const never = new AbortController().signal;
    const save = (): Promise<void> => this.#progress.save(this.#ports.objects, cause);
    await within(MAX_SAVE_SECONDS, never, this.#ports, save).catch(() => undefined);
  }
}

/** Undefined for one whose event was not kept. */
function eventOf({ event }: DeadLetter, { now, settings }: Ports): ToolEvent | undefined {
  const { id, data } = event;
  if (data === undefined) return undefined;
  const parsed = { kind: "event" as const, id, data: JSON.stringify(data) };
  const read = readEvent(parsed, { toolSeconds: settings.toolSeconds, now: now() });
  return read !== undefined && isToolEvent(read) ? read : undefined;
}

async function removeObject(name: string, objects: Objects): Promise<void> {
  const stored = await objects.read(name);
  if (stored !== undefined) await objects.remove(name, stored.generation);
}

async function writeObject(name: string, content: object, objects: Objects): Promise<void> {
  await objects.write(name, JSON.stringify(content), "application/json");
}
