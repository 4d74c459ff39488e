import { readAs } from "../bridge/read-as.ts";
import { within } from "../bridge/within.ts";
import { Beginning, StopOrder, beginningObject, stopObject } from "../messages/bridge-objects.ts";
import type { BridgeRun } from "../messages/bridge-run.ts";
import type { Objects } from "../runtime/google/objects.ts";
import { BoundedQueue } from "./bounded-queue.ts";
import { EXCHANGE_GRACE_SECONDS } from "./consumer/exchange.ts";
import { Cursor } from "./cursor.ts";
import type { StoredCursor } from "./cursor.ts";

import type { Cause, Ending } from "./ending.ts";
import type { HeldLock } from "./lock.ts";
import type { Ports } from "./ports.ts";
import { Progress, inherited } from "./progress.ts";
import type { Inherited } from "./progress.ts";
import { Resends } from "./resends.ts";
import type { Resend } from "./resends.ts";
import { settle } from "./settle.ts";
import type { Settled, Settling } from "./settle.ts";
import { Position, startOf } from "./stream/position.ts";
import { hasWork, readStream } from "./stream/read-stream.ts";
import { isToolEvent } from "./stream/tool-event.ts";
import type { ToolEvent } from "./stream/tool-event.ts";

/** Why a run ends that does not know what the runs before have said. */
export const UNREADABLE_STATE = "The state bucket could not be read.";
/** For callback, cursor and all that an event takes besides its tool. */
const SETTLE_SECONDS = 10;
/** For making the work folder. */
const FOLDER_SECONDS = 20;
/** Saying how it ended must not take the time to let go of the lock. */
const MAX_SAVE_SECONDS = 1.5;

type Item =
  | { readonly kind: "event"; readonly event: ToolEvent }
  | { readonly kind: "resend"; readonly resend: Resend };

/** One run while it holds the lock. */
export class Bridge {
  readonly #run: BridgeRun;
  readonly #lock: HeldLock;
  readonly #ending: Ending;
  readonly #endAt: number;
  readonly #ports: Ports;
  readonly #queue: BoundedQueue<Item>;
  readonly #cursor: Cursor;
  readonly #progress: Progress;
  readonly #resends: Resends;
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
    this.#resends = new Resends(run.tenant, ports);
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
    if (this.#leftBehind || this.#queue.items.length > 0) return true;
    if (this.#position === undefined) return false;
    const { tenant } = this.#run;
    const signal = this.#ending.abandon;
    const ordered = this.#resends.areThere().catch(() => false);
    if (await hasWork({ tenant, position: this.#position, signal }, this.#ports)) return true;
    return ordered;
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
      this.#ending.end("state", UNREADABLE_STATE);
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
    await within(FOLDER_SECONDS, this.#ending.abandon, this.#ports, make).catch(() =>
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
        item.kind === "event" ? await this.#settle(item.event) : await this.#resend(item.resend);
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

  async #resend(resend: Resend): Promise<boolean> {
    return (await this.#resends.carryOut(resend, this.#settling)) || !this.#ending.isEnded;
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

  /** They wait for their turn, as events do. */
  async #takeOrders(): Promise<void> {
    for (const resend of await this.#resends.take()) {
      void this.#queue.add({ kind: "resend", resend });
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

/** Whether somebody ordered the end of a run's chain after it began. */
export async function isStopped(run: BridgeRun, objects: Objects): Promise<boolean> {
  const order = await readAs(StopOrder, stopObject(run.tenant), objects);
  return order !== undefined && order.stopped_at >= run.started_at;
}
