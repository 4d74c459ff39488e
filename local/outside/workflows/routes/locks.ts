/** The lock on consuming a project's events. The project is that of the path. */
import { header, jsonResponse, type LocalResponse } from "../../../http/message.ts";
import { acquired, conflict } from "../locks.ts";
import type { Lock } from "../model.ts";
import type { LockChange } from "../records.ts";
import { route, type Call } from "../route.ts";
import type { Space } from "../state.ts";
import { firstText, isYes } from "../values.ts";

export const LOCK_ROUTES = [
  route("POST /projects/{project}/consumer-lock/acquire", acquire, "lock"),
  route("POST /projects/{project}/consumer-lock/release", release, "release"),
  route("GET /projects/{project}/consumer-lock/status", status),
];

/** Who holds the lock when a conflict is ordered. */
const SOMEBODY = "somebody-else";

function acquire(call: Call): LocalResponse {
  const { world, fields, headers } = call;
  const consumerId = consumerOf(call);
  if (consumerId === "") {
    const error = "consumerId required (body.consumerId or x-consumer-id)";
    return jsonResponse(400, { error });
  }
  const space = namedBy(call);
  if (!space.isMade) return projectNotFound();
  const now = world.clock.now();
  const lease = Number(fields.leaseMs ?? header(headers, "x-lock-lease-ms") ?? Number.NaN);
  const wanted = {
    consumerId,
    consumerType: firstText(fields.consumerType, header(headers, "x-consumer-type")).toUpperCase(),
    leaseMs: Number.isFinite(lease) ? lease : undefined,
  };
  if (world.faults.takeConflict()) space.lock = somebodys(now);
  const result = acquired(space.lock, wanted, now);
  if (!result.ok) {
    note(call, space, "refused", consumerId);
    return jsonResponse(409, result);
  }
  space.lock = result.lock;
  note(call, space, result.refreshed === true ? "refreshed" : "acquired", consumerId);
  return jsonResponse(200, result);
}

function release(call: Call): LocalResponse {
  const { world, fields, headers } = call;
  const consumerId = consumerOf(call);
  const isForced = isYes(fields.force ?? header(headers, "x-lock-force"));
  if (consumerId === "" && !isForced) {
    return jsonResponse(400, { error: "consumerId required unless force=true" });
  }
  const space = namedBy(call);
  if (!space.isMade) return projectNotFound();
  const { lock } = space;
  if (lock === undefined) return jsonResponse(200, { ok: true, released: false });
  if (!isForced && lock.consumerId !== consumerId) {
    return jsonResponse(409, conflict(lock, world.clock.now()));
  }
  space.lock = undefined;
  note(call, space, "released", consumerId);
  return jsonResponse(200, { ok: true, released: true });
}

function status(call: Call): LocalResponse {
  const space = namedBy(call);
  if (!space.isMade) return projectNotFound();
  if (space.lock === undefined) return jsonResponse(200, { ok: true, locked: false });
  const { holder, msRemaining } = conflict(space.lock, call.world.clock.now());
  return jsonResponse(200, { ok: true, locked: msRemaining > 0, holder, msRemaining });
}

function namedBy({ world, user, param }: Call): Space {
  return world.state.read(user, param("project"));
}

function consumerOf({ fields, headers }: Call): string {
  return firstText(fields.consumerId, header(headers, "x-consumer-id"));
}

function projectNotFound(): LocalResponse {
  return jsonResponse(404, { error: "Project not found" });
}

/** A lock for as long as the shortest lease. */
function somebodys(now: number): Lock {
  const wanted = { consumerId: SOMEBODY, consumerType: "CLOUD", leaseMs: 0 };
  const result = acquired(undefined, wanted, now);
  return result.ok ? result.lock : result.holder;
}

function note(
  { world, user }: Call,
  { project, lock }: Space,
  kind: LockChange["kind"],
  consumerId: string,
): void {
  world.records.locks.note({ user, project, at: world.clock.now(), kind, consumerId, lock });
}
