import { readAs } from "../bridge/read-as.ts";
import { BridgeStatus, statusObject } from "../messages/bridge-objects.ts";
import type { BridgeRun } from "../messages/bridge-run.ts";
import type { Objects } from "../runtime/google/objects.ts";
import type { EventAt } from "./cursor.ts";
import type { OtherEvent, ToolEvent } from "./stream/tool-event.ts";

/** What the run before left behind: an event that is not to be done again, and one with attempts behind it. */
export interface Inherited {
  readonly settled: EventAt | undefined;
  readonly head: { readonly id: string; readonly attempts: number } | undefined;
}

/** Undefined members where there was no run, or none that can be read. */
export async function inherited(tenant: BridgeRun["tenant"], objects: Objects): Promise<Inherited> {
  const status = await readAs(BridgeStatus, statusObject(tenant), objects);
  return { settled: status?.settled, head: status?.head };
}

interface Counts {
  done: number;
  dead_lettered: number;
  expired: number;
  reconnects: number;
}

/** What a run says about itself, kept as an object for people and for the next run. */
export class Progress {
  readonly counts: Counts = { done: 0, dead_lettered: 0, expired: 0, reconnects: 0 };
  /** Answered, though the cursor could not be moved. */
  settled: EventAt | undefined;
  /** Where the cursor stands. */
  committed: EventAt | undefined;
  /** How often the first of the pending events was tried. */
  headAttempts = 0;
  lockUntil = 0;
  readonly #base: Pick<BridgeStatus, "tenant" | "run_id" | "consumer_id" | "started_at">;
  readonly #pending: () => readonly EventAt[];
  readonly #now: () => number;
  #lastEvent: BridgeStatus["last_event"];

  constructor(
    run: BridgeRun,
    consumerId: string,
    pending: () => readonly EventAt[],
    now: () => number,
  ) {
    this.#base = {
      tenant: run.tenant,
      run_id: run.run_id,
      consumer_id: consumerId,
      started_at: new Date(now()).toISOString(),
    };
    this.#pending = pending;
    this.#now = now;
  }

  received({ id, time }: ToolEvent | OtherEvent): void {
    this.#lastEvent = { id, time, received_at: new Date(this.#now()).toISOString() };
  }

  /** Writes it down; `endedBy` where the run is over. */
  async save(objects: Objects, endedBy?: string): Promise<void> {
    const pending = this.#pending();
    const [head] = pending;
    const status: BridgeStatus = {
      ...this.#base,
      phase: endedBy === undefined ? "running" : "ended",
      ...(endedBy !== undefined && { ended_by: endedBy }),
      updated_at: new Date(this.#now()).toISOString(),
      lock_until: this.lockUntil,
      ...(this.#lastEvent && { last_event: this.#lastEvent }),
      ...(this.committed && { committed: this.committed }),
      ...(this.settled && { settled: this.settled }),
      pending: pending.length,
      ...(head && { head: { id: head.id, time: head.time, attempts: this.headAttempts } }),
      ...this.counts,
    };
    const name = statusObject(this.#base.tenant);
    await objects.write(name, JSON.stringify(status), "application/json");
  }
}
