/** A limit of memory that the kernel enforces, as Cloud Run's is: a control group of our own, where this machine lets us make one. */
import { mkdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inTime } from "./deadline.ts";

const MOUNT = "/sys/fs/cgroup";
const POLL_MS = 10;

export interface MemoryLimit {
  /** Puts a process into the group, and what it starts from then on. */
  readonly hold: (pid: number) => Promise<void>;
  /** Removes the group; whatever it held must be ending. */
  readonly remove: () => Promise<void>;
}

/** Makes a group of so many bytes; says why not where it cannot. */
export async function limitMemory(bytes: number): Promise<MemoryLimit | string> {
  try {
    const { parent, files } = await hierarchyOf(bytes);
    const group = join(parent, `switchyard-bench-${process.pid}`);
    await mkdir(group);
    const limit: MemoryLimit = {
      hold: (pid) => writeFile(join(group, "cgroup.procs"), String(pid)),
      remove: () => inTime(removed(group), `The end of ${group}`),
    };
    try {
      for (const [file, value] of files) await writeFile(join(group, file), String(value));
    } catch (error) {
      await limit.remove();
      throw error;
    }
    return limit;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Where a group is made, and what is written into it: cgroups(7), "memory", of both versions. */
async function hierarchyOf(
  bytes: number,
): Promise<{ parent: string; files: readonly (readonly [string, number])[] }> {
  const groups = await readFile("/proc/self/cgroup", "utf8");
  const own = /^\d+:memory:(.*)$/m.exec(groups)?.[1];
  if (own !== undefined) {
    return { parent: join(MOUNT, "memory", own), files: [["memory.limit_in_bytes", bytes]] };
  }
  const passedOn = await readFile(join(MOUNT, "cgroup.subtree_control"), "utf8");
  if (!/\bmemory\b/.test(passedOn)) throw new Error("control groups limit no memory here");
  return {
    parent: MOUNT,
    files: [
      ["memory.max", bytes],
      ["memory.swap.max", 0],
    ],
  };
}

/** A group can be removed as soon as its last process is gone for good. */
async function removed(group: string): Promise<void> {
  for (;;) {
    try {
      await rmdir(group);
      return;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EBUSY")) throw error;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}
