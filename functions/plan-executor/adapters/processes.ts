import { readFile, readdir } from "node:fs/promises";

/** One that forks while the others are ended is found by the next round. */
const MAX_ROUNDS = 10;

/**
 * Ends what a plan left running: what left the process group of OpenTofu too. Only where there is a /proc; elsewhere the
 * group is all that is known.
 */
export async function endProcessesOf(folder: string): Promise<void> {
  const options = { proc: "/proc", self: process.pid, environment: process.env };
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const pids = await leftBy(folder, options);
    if (pids.length === 0) return;
    for (const pid of pids) kill(pid, "SIGKILL");
  }
}

/** A negative pid means the group. */
export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}

interface Entry {
  readonly pid: number;
  readonly parent: number;
  /** `NAME=value`; empty where it may not be read. */
  readonly environment: readonly string[];
}

/**
 * Pids of what the plan in that folder left running. Where the process table is the instance's own, which is where its
 * first process was started for the same revision (cloud.google.com/run/docs/container-contract, Environment variables),
 * that is every process but this one, its ancestors and the first. Elsewhere it is every process whose home is in the
 * folder, which one that has emptied its environment escapes. Which of the two holds on Cloud Run can only be seen there.
 */
export async function leftBy(
  folder: string,
  {
    proc,
    self,
    environment,
  }: { readonly proc: string; readonly self: number; readonly environment: NodeJS.ProcessEnv },
): Promise<number[]> {
  const names = (await readdir(proc).catch(() => [])).filter((name) => /^\d+$/.test(name));
  // One after the other they would take as long as a small plan where many processes run.
  const found = await Promise.all(names.map((name) => entryOf(proc, name)));
  const table = new Map(found.flatMap((entry) => (entry ? [[entry.pid, entry]] : [])));
  const spared = new Set([1]);
  for (let pid = self; pid > 0 && !spared.has(pid); pid = table.get(pid)?.parent ?? 0) {
    spared.add(pid);
  }
  const isOwn = isOfRevision(table.get(1), environment);
  return [...table.values()]
    .filter(({ pid }) => !spared.has(pid))
    .filter(
      (entry) => isOwn || entry.environment.some((each) => each.startsWith(`HOME=${folder}/`)),
    )
    .map(({ pid }) => pid);
}

function isOfRevision(
  first: Entry | undefined,
  { K_SERVICE: service = "", K_REVISION: revision = "" }: NodeJS.ProcessEnv,
): boolean {
  if (first === undefined || service === "" || revision === "") return false;
  const wanted = [`K_SERVICE=${service}`, `K_REVISION=${revision}`];
  return wanted.every((each) => first.environment.includes(each));
}

/** Undefined for one that has ended: it stays in the table for as long as nobody asks how (proc_pid_stat(5)). */
async function entryOf(proc: string, name: string): Promise<Entry | undefined> {
  const [stat, environ] = await Promise.all(
    ["stat", "environ"].map((file) => readFile(`${proc}/${name}/${file}`, "utf8").catch(() => "")),
  );
  // The name of its program stands before these, in brackets, and may hold anything.
  const [state = "", parent = ""] = (stat ?? "").replace(/^[\s\S]*\) /, "").split(" ");
  if (state === "" || /^[ZXx]$/.test(state)) return undefined;
  return { pid: Number(name), parent: Number(parent), environment: (environ ?? "").split("\0") };
}
