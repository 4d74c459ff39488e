import {
  DeadLetter,
  deadLetterObject,
  deadLettersFolder,
  resendObject,
} from "../messages/bridge-objects.ts";
import type { ResendOrder } from "../messages/bridge-objects.ts";
import { readAs } from "../bridge/read-as.ts";
import type { Tenant } from "../messages/tenant.ts";
import type { Ports } from "./ports.ts";
import { start } from "./start.ts";

const MAX_LISTED = 100;

/** A dead letter without what a tool was asked for, or had answered: that is the tenant's. */
export type ListedLetter = Pick<DeadLetter, "reason" | "attempts" | "callback" | "recorded_at"> & {
  readonly event_id: string;
  readonly event_time: string;
  /** Whether there is anything to send again. */
  readonly can_be_resent: boolean;
};

/** The dead letters of a workspace, up to 100 of them, oldest first. */
export async function deadLetters(tenant: Tenant, ports: Ports): Promise<readonly ListedLetter[]> {
  const names = await ports.objects.list(deadLettersFolder(tenant), MAX_LISTED);
  const letters = await Promise.all(names.map((name) => readAs(DeadLetter, name, ports.objects)));
  return letters
    .filter((letter) => letter !== undefined)
    .map(({ event, reason, attempts, callback, recorded_at }) => ({
      event_id: event.id,
      event_time: event.time,
      reason,
      attempts,
      callback,
      recorded_at,
      can_be_resent: event.data !== undefined,
    }))
    .toSorted((one, other) => one.event_time.localeCompare(other.event_time));
}

export interface Resent {
  /** Ids that are to be sent again. */
  readonly ordered: readonly string[];
  /** Ids of which there is no dead letter, or nothing to send. */
  readonly unknown: readonly string[];
}

/** Orders dead letters to be sent again: by the bridge, which holds the lock, and which is started for it. */
export async function resend(
  eventIds: readonly string[],
  tenant: Tenant,
  ports: Ports,
): Promise<Resent> {
  const { objects, now } = ports;
  const ordered: string[] = [];
  const unknown: string[] = [];
  for (const id of new Set(eventIds)) {
    const letter = await readAs(DeadLetter, deadLetterObject(tenant, id), objects);
    if (letter?.event.data === undefined) {
      unknown.push(id);
      continue;
    }
    const order: ResendOrder = { event_id: id, ordered_at: new Date(now()).toISOString() };
    await objects.write(resendObject(tenant, id), JSON.stringify(order), "application/json");
    ordered.push(id);
  }
  if (ordered.length > 0) await start({}, tenant, ports);
  return { ordered, unknown };
}
