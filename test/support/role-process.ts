import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import net from "node:net";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createInterface } from "node:readline";
import { freePort } from "./free-port.ts";

const FRAMEWORK = path.join(
  path.dirname(createRequire(import.meta.url).resolve("@google-cloud/functions-framework")),
  "main.js",
);

/** A role in a process of its own, without a cloud: whatever it calls is refused. */
export class RoleProcess {
  readonly url: string;
  /** Everything it printed, line by line. */
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.url = `http://127.0.0.1:${port}`;
    // Not "exit": what it printed last may still be on its way then.
    this.#ended = once(child, "close").then(([code]) => code as number | null);
  }

  /**
   * Starts a bundle's folder, or a module, under Functions Framework and returns when it listens; throws what it printed
   * where it ends instead.
   */
  static start(
    source: string,
    target: string,
    env: Readonly<Record<string, string>>,
  ): Promise<RoleProcess> {
    return RoleProcess.#started(
      (port) => [FRAMEWORK, `--source=${source}`, `--target=${target}`, `--port=${port}`],
      env,
    );
  }

  /** The same for a module that starts itself. */
  static startAlone(module: string, env: Readonly<Record<string, string>>): Promise<RoleProcess> {
    return RoleProcess.#started(() => [module], env);
  }

  static async #started(
    args: (port: number) => readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<RoleProcess> {
    const port = await freePort();
    const child = spawn(process.execPath, args(port), {
      env: { ...NO_CLOUD, PORT: String(port), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const role = new RoleProcess(child, port);
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => role.lines.push(line));
    }
    while (!(await canConnect(port))) {
      const code = await Promise.race([role.#ended, delay(POLL_MS)]);
      if (code !== undefined) {
        throw new Error(`exit ${code ?? "by signal"}\n${role.lines.join("\n")}`);
      }
    }
    return role;
  }

  /** Resolves with the exit code; null where a signal ended it. */
  get ended(): Promise<number | null> {
    return this.#ended;
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    this.#child.kill(signal);
    return this.#ended;
  }

  /** Entries that the role itself logged. */
  get entries(): Record<string, unknown>[] {
    return this.lines
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}

const POLL_MS = 10;

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.once("error", () => resolve(false));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}

/** Nothing listens on port 9 (discard) of loopback. */
const NO_CLOUD = {
  https_proxy: "http://127.0.0.1:9",
  GCE_METADATA_HOST: "127.0.0.1:9",
  METADATA_SERVER_DETECTION: "assume-present",
};
