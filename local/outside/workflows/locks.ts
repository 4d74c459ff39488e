/** Who may consume a project's events: one at a time, for as long as a lease lasts. */
import type { Lock } from "./model.ts";

const MIN_LEASE_MS = 5_000;
const MAX_LEASE_MS = 3_600_000;
const DEFAULT_LEASE_MS = 600_000;

export interface Wanted {
  readonly consumerId: string;
  readonly consumerType: string;
  /** Undefined: ten minutes. Kept between five seconds and an hour. */
  readonly leaseMs: number | undefined;
}

export interface Conflict {
  readonly ok: false;
  readonly conflict: true;
  readonly holder: Lock;
  readonly msRemaining: number;
}

export interface Acquired {
  readonly ok: true;
  readonly lock: Lock;
  readonly refreshed?: true;
}

/** The lock after somebody asked for it, or who holds it. A lock whose lease is over is free. */
export function acquired(held: Lock | undefined, wanted: Wanted, now: number): Acquired | Conflict {
  const leaseMs = clamped(wanted.leaseMs);
  const renewed = { refreshedAt: now, expiresAt: now + leaseMs, leaseMs };
  if (held === undefined || held.expiresAt <= now) {
    const { consumerId, consumerType } = wanted;
    const lock = { consumerId, consumerType: consumerType || "CLOUD", acquiredAt: now, ...renewed };
    return { ok: true, lock: shaped(lock) };
  }
  if (held.consumerId !== wanted.consumerId) return conflict(held, now);
  const consumerType = wanted.consumerType || held.consumerType;
  return { ok: true, lock: shaped({ ...held, consumerType, ...renewed }), refreshed: true };
}

export function conflict(holder: Lock, now: number): Conflict {
  return { ok: false, conflict: true, holder, msRemaining: Math.max(0, holder.expiresAt - now) };
}

/** In the order in which the service writes them. */
function shaped({ consumerId, consumerType, leaseMs, ...times }: Lock): Lock {
  const { acquiredAt, refreshedAt, expiresAt } = times;
  return { consumerId, consumerType, leaseMs, acquiredAt, refreshedAt, expiresAt };
}

function clamped(leaseMs: number | undefined): number {
  if (leaseMs === undefined) return DEFAULT_LEASE_MS;
  return Math.max(MIN_LEASE_MS, Math.min(MAX_LEASE_MS, Math.floor(leaseMs)));
}
