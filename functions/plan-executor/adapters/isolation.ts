import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import { promisify } from "node:util";

/** The first process of a table is spared most signals, and unshare hides by which one it ended; a shell is both in its place. */
const SHELL = ["/bin/sh", "-c", '"$@"; exit "$?"', "sh"];

/**
 * Runs what follows in a process table of its own (unshare(1)): it sees no other process in /proc, and whatever it starts
 * ends with it, however it ended. The user stays the same, so no right is needed for it.
 */
const ALONE = [
  "unshare",
  "--user",
  "--map-current-user",
  "--pid",
  "--fork",
  "--kill-child",
  "--mount-proc",
  "--",
  ...SHELL,
];

/**
 * Ends the group when the pipe at file descriptor 3 does, which is when this process has ended, however it did. It is not
 * handed on.
 */
const GUARD = '(cat <&3; kill -KILL 0) >/dev/null 2>&1 & exec 3<&-; exec "$@"';

export interface Isolation {
  /** What a program's name and arguments are put behind. Its file descriptor 3 must be a pipe of this process. */
  readonly command: readonly string[];
  /** Whether a program behind it can read nothing of other processes, their environment least of all. */
  readonly isWhole: boolean;
}

/**
 * What this machine allows. Cloud Run's second execution environment has namespaces
 * (cloud.google.com/run/docs/configuring/execution-environments); whether it and the first one let a function's user make
 * them is on no page, so it is tried.
 */
export async function isolationOf(path: string): Promise<Isolation> {
  const guard = ["/bin/sh", "-c", GUARD, "sh"];
  if (await worksAlone(path)) return { command: [...guard, ...ALONE], isWhole: true };
  return { command: guard, isWhole: !(await hasProcesses()) };
}

/** Whether the first process that a program sees is its own. */
async function worksAlone(path: string): Promise<boolean> {
  const [program = "", ...options] = ALONE;
  const look = ["grep", "-qa", "IS_ALONE=1", "/proc/1/environ"];
  return promisify(execFile)(program, [...options, ...look], {
    env: { PATH: path, IS_ALONE: "1" },
  }).then(
    () => true,
    () => false,
  );
}

/** Elsewhere than on Linux no file shows processes. */
function hasProcesses(): Promise<boolean> {
  return access("/proc/self/environ").then(
    () => true,
    () => false,
  );
}
