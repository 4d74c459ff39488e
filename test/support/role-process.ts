import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import path from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "./free-port.ts";

const FRAMEWORK = path.join(
  path.dirname(createRequire(import.meta.url).resolve("@google-cloud/functions-framework")),
  "main.js",
);

/** A role in a process of its own under Functions Framework, without a cloud: whatever it calls is refused. */
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

  /** Starts a bundle's folder, or a module, and returns when it listens; throws what it printed where it ends instead. */
  static async start(
    source: string,
    target: string,
    env: Readonly<Record<string, string>>,
  ): Promise<RoleProcess> {
    const port = await freePort();
    const child = spawn(
      process.execPath,
      [FRAMEWORK, `--source=${source}`, `--target=${target}`, `--port=${port}`],
      { env: { ...NO_CLOUD, ...env }, stdio: ["ignore", "pipe", "pipe"] },
    );
    const role = new RoleProcess(child, port);
    const listens = new Promise<void>((resolve) => {
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on("line", (line) => {
          role.lines.push(line);
          // The last line of the framework's greeting, printed when the port is open.
          if (line.startsWith("URL: ")) resolve();
        });
      }
    });
    const code = await Promise.race([listens, role.#ended]);
    if (code !== undefined)
      throw new Error(`exit ${code ?? "by signal"}\n${role.lines.join("\n")}`);
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

/** Nothing listens on port 9 (discard) of loopback. */
const NO_CLOUD = {
  https_proxy: "http://127.0.0.1:9",
  GCE_METADATA_HOST: "127.0.0.1:9",
  METADATA_SERVER_DETECTION: "assume-present",
};
