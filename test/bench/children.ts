/** What a run leaves nothing of: each process is ended by whoever started it, and all of them, and all folders, with the run. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const running = new Set<ChildProcess>();
const folders: string[] = [];

process.on("exit", () => {
  for (const child of running) child.kill("SIGTERM");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

/** Makes the child end with the run. */
export function keep<Child extends ChildProcess>(child: Child): Child {
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

/** SIGTERM; resolves when the child is gone. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  await exit;
}

export function pidOf({ pid, spawnfile }: ChildProcess): number {
  if (pid === undefined) throw new Error(`${spawnfile} could not be started.`);
  return pid;
}

export function throwawayFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "switchyard-bench-"));
  folders.push(folder);
  return folder;
}

/** A program of `processes/`: it answers each message with one message. */
export interface Helper {
  readonly pid: number;
  /** Rejects when the helper ends before it answers. */
  readonly ask: (message: object) => Promise<unknown>;
  readonly stop: () => Promise<void>;
}

/** Starts `processes/<name>.ts`. `env` is added to our own environment. */
export function startHelper(name: string, env: Readonly<Record<string, string>> = {}): Helper {
  const child = keep(
    fork(join(import.meta.dirname, "processes", `${name}.ts`), {
      env: { ...process.env, ...env },
      // A role's pages are made of files that Node by itself does not import.
      execArgv: ["--import", join(import.meta.dirname, "../support/text-files.ts")],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    }),
  );
  const ended = once(child, "exit").then(() => {
    throw new Error(`The process "${name}" ended before it answered.`);
  });
  ended.catch(() => undefined);
  return {
    pid: pidOf(child),
    ask: async (message) => {
      const answered = once(child, "message");
      child.send(message);
      const [answer] = (await Promise.race([answered, ended])) as [unknown];
      return answer;
    },
    stop: () => end(child),
  };
}
