/** Instances of functions that the local cloud of this process runs, as Linux lists them. */
import { readdir, readFile } from "node:fs/promises";
import { gone } from "./processes.ts";

/** For a suite that looks into processes: elsewhere it is skipped, and one line says so. */
export function needsProc(suite: Mocha.Suite): void {
  suite.beforeAll(function skipWithoutProc() {
    if (process.platform === "linux") return;
    console.log("      skipped: processes are looked into by Linux's /proc only");
    this.skip();
  });
}

/** Process ids of a function's instances. */
export async function instancesOf(service: string): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const isOne = await Promise.all(pids.map((pid) => isInstance(pid, service)));
  return pids.filter((_, index) => isOne[index] === true);
}

/** Ends all instances of a function as the lack of memory would, without a word. */
export async function killInstances(service: string): Promise<void> {
  const pids = await instancesOf(service);
  if (pids.length === 0) throw new Error(`There is no instance of ${service} to kill.`);
  for (const pid of pids) process.kill(pid, "SIGKILL");
  await Promise.all(pids.map(gone));
}

/** The most memory that a process ever held, in bytes: VmHWM of proc_pid_status(5). */
export async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

async function isInstance(pid: number, service: string): Promise<boolean> {
  try {
    const [stat, environment] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      readFile(`/proc/${pid}/environ`, "utf8"),
    ]);
    // The second field, the program's name in parentheses, may hold spaces; the parent is the second after it.
    const parent = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
    return (
      Number(parent) === process.pid && environment.split("\0").includes(`K_SERVICE=${service}`)
    );
  } catch {
    // It has ended meanwhile, or is somebody else's.
    return false;
  }
}
