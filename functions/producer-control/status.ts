import {
  BridgeStatus,
  deadLettersFolder,
  isStatusObject,
  statusObject,
  workspacesFolder,
} from "../messages/bridge-objects.ts";
import { readAs } from "../bridge/read-as.ts";
import type { Tenant } from "../messages/tenant.ts";
import { lockStatus } from "./lock.ts";
import type { Ports } from "./ports.ts";

const MAX_WORKSPACES = 100;
const MAX_NAMES = 1_000;

export interface WorkspaceStatus {
  readonly tenant: Tenant;
  /** How long the oldest event that is not settled has waited; 0 where there is none. Null where no bridge ever ran. */
  readonly lag_ms: number | null;
  /** What the bridge last said about itself; null where none ever ran. */
  readonly bridge: BridgeStatus | null;
  /** As the workflows service says; null where it does not. */
  readonly lock: {
    readonly locked: boolean;
    readonly holder: string | null;
    readonly ms_remaining: number | null;
  } | null;
  /** How many there are, up to 1000. */
  readonly dead_letters: number;
}

/** How far one workspace is. */
export async function statusOf(tenant: Tenant, ports: Ports): Promise<WorkspaceStatus> {
  const { objects, now } = ports;
  const [status, lock, letters] = await Promise.all([
    readAs(BridgeStatus, statusObject(tenant), objects),
    lockStatus(tenant, ports),
    objects.list(deadLettersFolder(tenant), MAX_NAMES),
  ]);
  const oldest = status?.head?.time;
  return {
    tenant: status?.tenant ?? tenant,
    lag_ms: status === undefined ? null : oldest === undefined ? 0 : now() - Date.parse(oldest),
    bridge: status ?? null,
    lock:
      lock === undefined
        ? null
        : {
            locked: lock.locked === true,
            holder: lock.holder?.consumerId ?? null,
            ms_remaining: lock.msRemaining ?? null,
          },
    dead_letters: letters.length,
  };
}

/** How far each workspace is that a bridge ever worked for, up to 100 of them. */
export async function statusOfAll(ports: Ports): Promise<readonly WorkspaceStatus[]> {
  const names = await ports.objects.list(workspacesFolder, MAX_NAMES);
  const found = names.filter(isStatusObject).slice(0, MAX_WORKSPACES);
  const statuses = await Promise.all(
    found.map((name) => readAs(BridgeStatus, name, ports.objects)),
  );
  return Promise.all(
    statuses.flatMap((status) => (status === undefined ? [] : [statusOf(status.tenant, ports)])),
  );
}
