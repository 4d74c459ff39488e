/** Processes that a test did not start itself, looked at from outside. */
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 5;

/** Resolves when no process has this id any more. */
export async function gone(pid: number): Promise<void> {
  while (isRunning(pid)) await delay(POLL_MS);
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !isZombie(pid);
}

/** Dead, and not yet collected by a parent that may take its time. */
function isZombie(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").includes(" Z ");
  } catch {
    return false;
  }
}
