// What a bridge and its control tell each other through the state bucket.
import { createHash } from "node:crypto";
import * as v from "valibot";
import { EventId, IsoTime } from "./bridge-run.ts";
import { Tenant, workspaceKey } from "./tenant.ts";

const FOLDER = "workspaces/";
const STATUS = "/status.json";

const EventAt = v.object({ id: EventId, time: IsoTime });
const Count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** What a bridge says about itself, for people and for its successor. */
export const BridgeStatus = v.object({
  tenant: Tenant,
  run_id: v.string(),
  /** Its name at the lock. */
  consumer_id: v.string(),
  phase: v.picklist(["running", "ended"]),
  /** Why it ended. */
  ended_by: v.optional(v.string()),
  started_at: IsoTime,
  updated_at: IsoTime,
  /** Milliseconds since the epoch until which the lock holds without another sign of life. */
  lock_until: v.number(),
  /** The last event of any kind that the stream brought. */
  last_event: v.optional(v.object({ ...EventAt.entries, received_at: IsoTime })),
  /** The last event behind which the cursor stands. */
  committed: v.optional(EventAt),
  /** Answered, but the cursor could not be moved: it is not to be done again. */
  settled: v.optional(EventAt),
  /** Events that were received and are not settled. */
  pending: Count,
  /** The oldest of them, with how often it was tried. */
  head: v.optional(v.object({ ...EventAt.entries, attempts: Count })),
  done: Count,
  dead_lettered: Count,
  expired: Count,
  reconnects: Count,
});
export type BridgeStatus = v.InferOutput<typeof BridgeStatus>;

/** An event that was given up, with all that sending it again takes. */
export const DeadLetter = v.object({
  tenant: Tenant,
  event: v.object({
    ...EventAt.entries,
    /** Absent where it was too large to be kept. */
    data: v.optional(v.record(v.string(), v.unknown())),
  }),
  reason: v.string(),
  attempts: Count,
  /** Whether the workflow was told. `gone`: it waits no longer. `none`: the event names no callback. */
  callback: v.picklist(["posted", "failed", "gone", "none"]),
  /** What the tool had answered, where that could not be delivered: sent again, the tool does not run again. */
  answer: v.optional(v.string()),
  recorded_at: IsoTime,
});
export type DeadLetter = v.InferOutput<typeof DeadLetter>;

/** Ends every run of a chain that began before it. */
export const StopOrder = v.object({ stopped_at: IsoTime });
export type StopOrder = v.InferOutput<typeof StopOrder>;

/** Where a workspace without a cursor begins: its first start decides, however many follow before anything is done. */
export const Beginning = v.object({
  since_id: v.optional(EventId),
  since_time: v.optional(IsoTime),
  started_at: IsoTime,
});
export type Beginning = v.InferOutput<typeof Beginning>;

/** Asks the bridge to send a dead letter again. */
export const ResendOrder = v.object({ event_id: EventId, ordered_at: IsoTime });
export type ResendOrder = v.InferOutput<typeof ResendOrder>;

/** All that is kept of all workspaces. */
export const workspacesFolder = FOLDER;

export function statusObject(tenant: Tenant): string {
  return `${FOLDER}${workspaceKey(tenant)}${STATUS}`;
}

export function isStatusObject(name: string): boolean {
  return name.endsWith(STATUS);
}

export function deadLettersFolder(tenant: Tenant): string {
  return `${FOLDER}${workspaceKey(tenant)}/dead-letters/`;
}

export function deadLetterObject(tenant: Tenant, eventId: string): string {
  return `${deadLettersFolder(tenant)}${hashOf(eventId)}.json`;
}

export function stopObject(tenant: Tenant): string {
  return `${FOLDER}${workspaceKey(tenant)}/stop.json`;
}

export function beginningObject(tenant: Tenant): string {
  return `${FOLDER}${workspaceKey(tenant)}/beginning.json`;
}

export function resendFolder(tenant: Tenant): string {
  return `${FOLDER}${workspaceKey(tenant)}/resend/`;
}

export function resendObject(tenant: Tenant, eventId: string): string {
  return `${resendFolder(tenant)}${hashOf(eventId)}.json`;
}

/** An event's id may be longer than the name of an object, or hold what that may not. */
function hashOf(eventId: string): string {
  return createHash("sha256").update(eventId).digest("hex");
}
