/**
 * One process of one service, in the folder that would be uploaded: Functions Framework, or the service's own command.
 * It runs in a process group of its own beside a guard that kills the group when this process is gone, however it ended.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { connect, createServer, type AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { LocalRequest } from "../http/message.ts";
import type { Log } from "../log.ts";
import { exchange } from "../http/node.ts";
import { PatientAgent } from "../http/patient-agent.ts";
import type { ServiceSpec } from "./spec.ts";
import { REFUSALS, Refused } from "./refusals.ts";
import { roleLogEntry } from "./role-log.ts";
import type { MountAll, Mounts } from "./mounts/mounts.ts";

/**
 * A container has this long to listen: the default startup probe of functions.
 * Source: docs.cloud.google.com/run/docs/configuring/healthchecks
 */
export const STARTUP_TIMEOUT_MS = 240_000;

/** Cloud Run sends SIGTERM and, this much later, SIGKILL; see docs.cloud.google.com/run/docs/container-contract. */
const SHUTDOWN_GRACE_MS = 10_000;

const LISTENING_POLL_MS = 10;

/** A connection breaks before the end of its process is known; a process that is ending is gone after this. */
const EXIT_NOTICE_MS = 100;

/** The guard's pipe is file descriptor 3: it ends when we do, and with it the group. */
const GUARD = '(cat <&3; kill -KILL 0) >/dev/null 2>&1 & exec 3<&-; exec "$@"';

const TEMPORARY = "/tmp";

const FRAMEWORK = fileURLToPath(
  new URL("main.js", import.meta.resolve("@google-cloud/functions-framework")),
);

export interface StartOptions {
  readonly spec: ServiceSpec;
  /** Everything the process finds besides the service's own variables and Cloud Run's. */
  readonly environment: NodeJS.ProcessEnv;
  /** Mounts what the service declares; what that throws ends the start. */
  readonly mount: MountAll;
  readonly log: Log;
  /** Milliseconds. */
  readonly startupTimeoutMs: number;
  /** Ends a process that does not listen yet. */
  readonly signal: AbortSignal;
}

export class Instance {
  /** Unlike any other's. */
  readonly id = randomBytes(16).toString("hex");
  /** Requests being worked on. */
  inFlight = 0;
  /** How the process ended: `exit code 1`, `SIGKILL`. */
  readonly exited: Promise<string>;
  /** The process has ended, and what it left in its mounts is written back. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #port: number;
  readonly #agent = new PatientAgent({ keepAlive: true });

  /** Starts the process; resolves when it listens, rejects with a Refused when it never will. */
  static async start(options: StartOptions): Promise<Instance> {
    const mounts = await options.mount(options.spec);
    const instance = new Instance(options, mounts, await freePort());
    try {
      await instance.#listening(options);
    } catch (error) {
      await instance.ended;
      throw error;
    }
    return instance;
  }

  private constructor({ spec, environment, log }: StartOptions, mounts: Mounts, port: number) {
    this.#port = port;
    this.#child = spawn("sh", ["-c", GUARD, "sh", ...commandOf(spec).map(mounts.placed)], {
      cwd: spec.folder,
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      env: {
        ...environment,
        ...placed(spec.env, (text) => mounts.placed(inTemporary(text, environment.TMPDIR))),
        ...functionVariables(spec),
        // Cloud Run's container contract.
        PORT: String(port),
        K_SERVICE: spec.name,
        K_REVISION: `${spec.name}-00001-loc`,
        K_CONFIGURATION: spec.name,
      },
    });
    this.exited = new Promise((resolve) => {
      this.#child.once("error", (error) => resolve(error.message));
      this.#child.once("exit", (code, signal) => {
        this.#releaseGuard();
        this.#agent.destroy();
        resolve(signal ?? `exit code ${code ?? 0}`);
      });
    });
    this.ended = this.exited.then(() => mounts.end());
    const { stdout, stderr } = this.#child;
    if (stdout) readLines(stdout, (line) => log(roleLogEntry(spec.role, line, "INFO")));
    if (stderr) readLines(stderr, (line) => log(roleLogEntry(spec.role, line, "ERROR")));
  }

  /** Passes the request on and returns the answer's head; the body streams. Rejects when the connection breaks. */
  send(request: LocalRequest, signal: AbortSignal): Promise<IncomingMessage> {
    return exchange(
      { ...request, signal },
      {
        host: "127.0.0.1",
        port: this.#port,
        path: `${request.url.pathname}${request.url.search}`,
        agent: this.#agent,
      },
      // A process that has ended may well have read it.
      async () => (await this.endedHow()) === undefined,
    );
  }

  /** After a connection broke: how the process ended, or undefined where it lives on. */
  endedHow(): Promise<string | undefined> {
    return Promise.race([this.exited, delay(EXIT_NOTICE_MS, undefined)]);
  }

  /** SIGTERM, then SIGKILL after the grace. Resolves when the process and its mounts are gone. A further call can only hasten the end. */
  async stop(graceMs = SHUTDOWN_GRACE_MS): Promise<void> {
    if (!this.#child.killed) this.#child.kill("SIGTERM");
    const killer = setTimeout(() => this.#child.kill("SIGKILL"), graceMs);
    await this.exited;
    clearTimeout(killer);
    await this.ended;
  }

  /** Ends the process without a word, as a lack of memory would. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended;
  }

  #releaseGuard(): void {
    const pipe = this.#child.stdio[3] as Writable | null | undefined;
    pipe?.destroy();
  }

  async #listening({ signal, startupTimeoutMs }: StartOptions): Promise<void> {
    const died = this.exited.then((how) => {
      const reason = `it ended before it listened on its port (${how})`;
      throw new Refused(REFUSALS.crashedAtStart, reason);
    });
    died.catch(() => undefined);
    const deadline = Date.now() + startupTimeoutMs;
    while (!(await Promise.race([canConnect(this.#port), died]))) {
      if (signal.aborted || Date.now() > deadline) {
        await this.stop(0);
        const reason = signal.aborted
          ? "it was stopped before it listened on its port"
          : `it did not listen on its port within ${startupTimeoutMs / 1000} s`;
        throw new Refused(REFUSALS.neverListened, reason);
      }
      await delay(LISTENING_POLL_MS);
    }
  }
}

function commandOf({ start, folder }: ServiceSpec): readonly string[] {
  return "command" in start ? start.command : [process.execPath, FRAMEWORK, `--source=${folder}`];
}

/** Variables that name a path of the container lead to where it is here. */
function placed(env: ServiceSpec["env"], place: (text: string) => string): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, place(value)]));
}

/** A container's /tmp ends with it; the person's own is for others too. */
function inTemporary(text: string, temporary = TEMPORARY): string {
  return text.startsWith(`${TEMPORARY}/`) ? `${temporary}${text.slice(TEMPORARY.length)}` : text;
}

/** What the buildpack sets for a function. */
function functionVariables({ start }: ServiceSpec): NodeJS.ProcessEnv {
  if ("command" in start) return {};
  return {
    FUNCTION_TARGET: start.entryPoint,
    FUNCTION_SIGNATURE_TYPE: "http",
    NODE_ENV: "production",
  };
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream }).on("line", onLine);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
