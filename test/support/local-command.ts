/** `npm run local` and `npm run within` as a person has them: processes of their own. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { isRunning } from "./processes.ts";

export const PROJECT_ROOT = resolve(import.meta.dirname, "../..");

export interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Ready {
  readonly event: "ready";
  readonly took_ms: number;
  readonly entry_points: readonly { readonly role: string; readonly url: string }[];
}

/** A temporary folder of their own, so that no other local cloud on this machine is seen or disturbed. */
export class Workplace {
  readonly temporary = mkdtempSync(join(tmpdir(), "switchyard-test-"));
  readonly root: string;
  readonly #commands: LocalCommand[] = [];

  /** `root`: the project to run, this one by default. */
  constructor(root = PROJECT_ROOT) {
    this.root = root;
  }

  /** `npm run local -- …`, at any free port. */
  local(...args: readonly string[]): LocalCommand {
    return this.run("local/main.ts", args);
  }

  /** `npm run within -- …` */
  within(...args: readonly string[]): LocalCommand {
    return this.run("local/command/within.ts", args);
  }

  run(module: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): LocalCommand {
    const child = spawn(process.execPath, [join(this.root, module), ...args], {
      env: { ...process.env, ...env, TMPDIR: this.temporary },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const command = new LocalCommand(child);
    this.#commands.push(command);
    return command;
  }

  /** What is in the temporary folder. */
  files(): string[] {
    return readdirSync(this.temporary);
  }

  /** Ends everything that a test has left running. */
  async clear(): Promise<void> {
    for (const command of this.#commands.splice(0)) {
      command.kill("SIGKILL");
      await command.ended;
    }
    rmSync(this.temporary, { recursive: true, force: true });
  }
}

export class LocalCommand {
  readonly lines: string[] = [];
  readonly errors: string[] = [];
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #watchers = new Set<() => void>();

  constructor(child: ChildProcess) {
    this.#child = child;
    const outputs = [
      [child.stdout, this.lines],
      [child.stderr, this.errors],
    ] as const;
    for (const [stream, lines] of outputs) {
      if (stream === null) continue;
      createInterface({ input: stream }).on("line", (line) => {
        lines.push(line);
        for (const look of this.#watchers) look();
      });
    }
    this.ended = new Promise((resolve) => {
      child.once("close", (exitCode, signal) => {
        for (const look of this.#watchers) look();
        resolve({ exitCode, signal });
      });
    });
  }

  get output(): string {
    return this.lines.join("\n");
  }

  get isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Stops reading what it prints, like the `head` of a pipe. */
  leave(): void {
    this.#child.stdout?.destroy();
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Sends the signal and resolves with the end and the milliseconds until then. */
  async stop(signal: NodeJS.Signals): Promise<Ended & { readonly tookMs: number }> {
    const began = performance.now();
    this.kill(signal);
    const ended = await this.ended;
    return { ...ended, tookMs: performance.now() - began };
  }

  /** The line that contains the text, as soon as there are so many; rejects when the command ends without. */
  line(text: string, times = 1): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.lines.filter((line) => line.includes(text))[times - 1];
        if (found === undefined && !this.isOver) return;
        this.#watchers.delete(look);
        if (found !== undefined) resolve(found);
        else
          reject(
            new Error(`"${text}" was not printed:\n${this.output}\n${this.errors.join("\n")}`),
          );
      };
      this.#watchers.add(look);
      look();
    });
  }

  /** The first line of `--json`. */
  async ready(): Promise<Ready> {
    await this.line("");
    return JSON.parse(this.lines[0] ?? "") as Ready;
  }

  /** Ids of its roles' processes, their guards included. */
  roles(): number[] {
    const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid=,pgid="], { encoding: "utf8" })
      .trim()
      .split("\n")
      .map((row) => row.trim().split(/\s+/).map(Number));
    const leaders = rows.filter(([, parent]) => parent === this.#child.pid).map(([pid]) => pid);
    return rows.flatMap(([pid = 0, , group]) => (leaders.includes(group) ? [pid] : []));
  }
}

/** Those of the processes that still run. */
export function stillRunning(pids: readonly number[]): number[] {
  return pids.filter(isRunning);
}
