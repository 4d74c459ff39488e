/** A limit of memory that the kernel enforces, as Cloud Run's is: a control group of our own, where this machine lets us make one. */
import { mkdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inTime } from "./deadline.ts";

const MOUNT = "/sys/fs/cgroup";
const POLL_MS = 10;

export interface MemoryLimit {
  /** A process that writes its id into this file is held from then on, with what it starts. */
  readonly joinFile: string;
  /** Removes the group; whatever it held must be ending. */
  readonly remove: () => Promise<void>;
}

let groups = 0;

/** Makes a group of so many bytes; throws where it cannot. */
export async function limitMemory(bytes: number): Promise<MemoryLimit> {
  const { parent, files } = await hierarchyOf(bytes);
  groups += 1;
  const group = join(parent, `switchyard-bench-${process.pid}-${groups}`);
  await mkdir(group);
  const remove = () => inTime(removed(group), `The end of ${group}`);
  try {
    for (const [file, value] of files) await writeFile(join(group, file), String(value));
  } catch (error) {
    await remove();
    throw error;
  }
  return { joinFile: join(group, "cgroup.procs"), remove };
}

interface Hierarchy {
  readonly parent: string;
  /** File of the group → what is written into it. */
  readonly files: readonly (readonly [string, number])[];
}

/** Where a group is made: cgroups(7), "memory", of both versions. */
async function hierarchyOf(bytes: number): Promise<Hierarchy> {
  const own = /^\d+:memory:(.*)$/m.exec(await readFile("/proc/self/cgroup", "utf8"))?.[1];
  if (own !== undefined) {
    return { parent: join(MOUNT, "memory", own), files: [["memory.limit_in_bytes", bytes]] };
  }
  const passedOn = await readFile(join(MOUNT, "cgroup.subtree_control"), "utf8");
  if (!/\bmemory\b/.test(passedOn)) throw new Error("control groups limit no memory here");
  const files = [
    ["memory.max", bytes],
    ["memory.swap.max", 0],
  ] as const;
  return { parent: MOUNT, files };
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
