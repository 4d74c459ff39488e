/** What another process has used, as the operating system counts it: nothing runs in the measured process. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Usage {
  /** Processor time of all threads since the start, user and system, in microseconds. Resolution: 10 ms. */
  readonly cpuMicros: number;
  /** Resident memory in bytes. */
  readonly memoryBytes: number;
}

/** USER_HZ, in which /proc counts: 100 on every architecture that Node runs on; proc_pid_stat(5), time(7). */
const TICK_MICROS = 10_000;

export function usageOf(pid: number): Promise<Usage> {
  return process.platform === "linux" ? fromProc(pid) : fromPs(pid);
}

async function fromProc(pid: number): Promise<Usage> {
  const [stat, status] = await Promise.all([
    readFile(`/proc/${pid}/stat`, "utf8"),
    readFile(`/proc/${pid}/status`, "utf8"),
  ]);
  // The second field, the program's name in parentheses, may hold spaces; what follows it begins with field 3.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
  return { cpuMicros: ticks * TICK_MICROS, memoryBytes: kilobytes * 1024 };
}

async function fromPs(pid: number): Promise<Usage> {
  const { stdout } = await run("ps", ["-o", "time=", "-o", "rss=", "-p", String(pid)]);
  const [time = "", kilobytes] = stdout.trim().split(/\s+/);
  // [[days-]hours:]minutes:seconds.hundredths
  const parts = time.split(/[-:]/).map(Number).toReversed();
  const weights = [1, 60, 3600, 86_400];
  const seconds = parts.reduce((sum, part, index) => sum + part * (weights[index] ?? 0), 0);
  return { cpuMicros: seconds * 1_000_000, memoryBytes: Number(kilobytes) * 1024 };
}
