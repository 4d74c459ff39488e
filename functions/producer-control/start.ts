import { createHash } from "node:crypto";
import { beginningObject, statusObject, stopObject } from "../messages/bridge-objects.ts";
import type { Beginning } from "../messages/bridge-objects.ts";
import type { BridgeRun } from "../messages/bridge-run.ts";
import { workspaceKey } from "../messages/tenant.ts";
import type { Tenant } from "../messages/tenant.ts";
import { HttpError } from "../runtime/errors.ts";
import { lockStatus } from "./lock.ts";
import type { Ports } from "./ports.ts";
import type { StartRequest } from "./requests.ts";

/** Starts of one workspace within so long ask for one task, as long as nothing has happened in between. */
const SAME_START_MS = 10_000;

export interface Started {
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * Asks for a run of the bridge. It is called for every event, so whoever works already is no failure: where the lock is
 * held nothing is queued, and two starts at once have one task between them.
 */
export async function start(request: StartRequest, tenant: Tenant, ports: Ports): Promise<Started> {
  const started_at = new Date(ports.now()).toISOString();
  const { since_id, since_time } = request;
  const beginning: Beginning = {
    started_at,
    ...(since_id !== undefined && { since_id }),
    ...(since_time !== undefined && { since_time }),
  };
  // Runs may come in another order than their starts, and some not at all: the lock may be held by one that does nothing.
  await ports.objects.create(beginningObject(tenant), JSON.stringify(beginning));
  const lock = await lockStatus(tenant, ports);
  if (lock?.locked === true) {
    const details = { holder: lock.holder?.consumerId, msRemaining: lock.msRemaining };
    return { message: "Lock held by another consumer", details };
  }
  const name = await taskName(tenant, ports);
  const run: BridgeRun = {
    tenant,
    run_id: name,
    ...beginning,
    deadline_s: ports.settings.deadlineSeconds,
    ...(request.leaseMs !== undefined && { lease_ms: request.leaseMs }),
    ...(request.eventsHeartbeatMs !== undefined && { heartbeat_ms: request.eventsHeartbeatMs }),
    ...(request.reconnectBackoffMs !== undefined && { backoff_ms: request.reconnectBackoffMs }),
  };
  const isNew = await add(run, name, ports);
  return { message: isNew ? "Started" : "Already starting", details: { task: name } };
}

/** A run that ended, a bridge that is at work and a stop each change it: a later start must not be taken for this one. */
async function taskName(tenant: Tenant, { objects, now }: Ports): Promise<string> {
  const stored = await Promise.all(
    [statusObject(tenant), stopObject(tenant)].map((name) => objects.read(name)),
  );
  const parts = [
    workspaceKey(tenant),
    Math.floor(now() / SAME_START_MS),
    ...stored.map((object) => object?.generation),
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 40);
}

async function add(run: BridgeRun, name: string, { addRun }: Ports): Promise<boolean> {
  try {
    return await addRun(run, name);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `The run could not be queued: ${why}`;
    throw new HttpError(503, "tasks_unavailable", message, { retryAfterSeconds: 5 });
  }
}
