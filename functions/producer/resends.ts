import { readAs } from "../bridge/read-as.ts";
import {
  DeadLetter,
  ResendOrder,
  deadLetterObject,
  resendFolder,
} from "../messages/bridge-objects.ts";
import type { Tenant } from "../messages/tenant.ts";
import type { Objects } from "../runtime/google/objects.ts";
import type { Ports } from "./ports.ts";
import { settleAgain } from "./settle.ts";
import type { Settling } from "./settle.ts";
import { isToolEvent, readEvent } from "./stream/tool-event.ts";
import type { ToolEvent } from "./stream/tool-event.ts";

const MAX_AT_ONCE = 20;

/** An order to send a dead letter again. */
export interface Resend {
  readonly order: ResendOrder;
  /** The object that it is, which goes when it is carried out. */
  readonly name: string;
}

/** A workspace's orders to send dead letters again. */
export class Resends {
  readonly #tenant: Tenant;
  readonly #ports: Ports;
  readonly #taken = new Set<string>();

  constructor(tenant: Tenant, ports: Ports) {
    this.#tenant = tenant;
    this.#ports = ports;
  }

  /** Whether there are any, be they taken or not. */
  async areThere(): Promise<boolean> {
    const orders = await this.#orders(() => true);
    return orders.length > 0;
  }

  /** Takes those that were not taken before. */
  async take(): Promise<readonly Resend[]> {
    const orders = await this.#orders((name) => !this.#taken.has(name));
    for (const { name } of orders) this.#taken.add(name);
    return orders;
  }

  /** Carries one out. False where it could not be ended: it is the next run's. */
  async carryOut({ order, name }: Resend, settling: Settling): Promise<boolean> {
    const { objects, log } = this.#ports;
    const letterName = deadLetterObject(this.#tenant, order.event_id);
    try {
      const letter = await readAs(DeadLetter, letterName, objects);
      const event = letter && eventOf(letter, this.#ports);
      if (letter !== undefined && event !== undefined) {
        const settled = await settleAgain(event, letter, settling, this.#ports);
        if (settled === "left") return false;
        if (settled === "settled") await removeObject(letterName, objects);
        else await writeObject(letterName, { ...letter, ...settled }, objects);
      }
      await removeObject(name, objects);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log("WARNING", `A dead letter could not be sent again: ${why}`, { event_id: order.event_id });
    }
    this.#taken.delete(name);
    return true;
  }

  async #orders(isWanted: (name: string) => boolean): Promise<readonly Resend[]> {
    const { objects } = this.#ports;
    const names = await objects.list(resendFolder(this.#tenant), MAX_AT_ONCE);
    const read = names.filter(isWanted).map(async (name) => {
      const order = await readAs(ResendOrder, name, objects);
      return order === undefined ? [] : [{ order, name }];
    });
    return (await Promise.all(read)).flat();
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
