import { stopObject } from "../messages/bridge-objects.ts";
import type { StopOrder } from "../messages/bridge-objects.ts";
import type { Tenant } from "../messages/tenant.ts";
import { forceRelease, lockStatus } from "./lock.ts";
import type { Ports } from "./ports.ts";

export interface Stopped {
  readonly message?: string;
  /** How the bridge ends: by itself, or because its lock is gone. */
  readonly mode?: "graceful" | "forced";
  readonly released?: boolean;
}

/**
 * Ends every run that began before: the one that works, which ends what it has in flight, and those that are only queued.
 */
export async function stop(
  { force }: { readonly force: boolean },
  tenant: Tenant,
  ports: Ports,
): Promise<Stopped> {
  const order: StopOrder = { stopped_at: new Date(ports.now()).toISOString() };
  await ports.objects.write(stopObject(tenant), JSON.stringify(order), "application/json");
  const lock = await lockStatus(tenant, ports);
  if (lock?.locked === false) return { message: "No active lock" };
  if (!force) return { mode: "graceful", released: false };
  return { mode: "forced", released: await forceRelease(tenant, ports) };
}
