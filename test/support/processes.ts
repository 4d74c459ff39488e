/** Processes that a test did not start itself, looked at from outside. */
import { readFileSync, readdirSync } from "node:fs";
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

interface Running {
  readonly pid: number;
  /** Its program and arguments, spaces between them. */
  readonly command: string;
}

/** What runs with its home somewhere in a folder, as plans do. Linux only. */
export function runningIn(folder: string): Running[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).flatMap((pid) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
      if (!environment.some((each) => each.startsWith(`HOME=${folder}/`))) return [];
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      return isRunning(pid) ? [{ pid, command }] : [];
    } catch {
      // It has ended meanwhile, or is somebody else's.
      return [];
    }
  });
}
