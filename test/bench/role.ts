/** A function in the Functions Framework, as the local cloud starts it, but watched from outside. */
import { spawn } from "node:child_process";
import { request as httpRequest } from "node:http";
import { fileURLToPath } from "node:url";
import { freePort } from "../support/free-port.ts";
import { end, keep, pidOf } from "./children.ts";
import { inTime } from "./deadline.ts";
import type { MemoryLimit } from "./memory-limit.ts";

const FRAMEWORK = fileURLToPath(
  new URL("main.js", import.meta.resolve("@google-cloud/functions-framework")),
);

/** The shell becomes the program that it is given, after it has joined the group. */
const JOIN_FIRST = 'echo $$ > "$0" && exec "$@"';

/** Short beside what is measured, long enough to leave the processor to the one that starts. */
const POLL_MS = 2;

export interface RoleOptions {
  readonly folder: string;
  /** The name under which the function is registered. */
  readonly target: string;
  readonly env: Readonly<Record<string, string>>;
  /** Holds the process from its first moment, by which Node sizes its heap. Default: the machine's memory. */
  readonly limit?: MemoryLimit | undefined;
}

export interface FirstRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: string;
}

export interface Role {
  readonly pid: number;
  readonly url: string;
  /** Milliseconds from the start of the process to its 200 to this request, sent as soon as somebody listens. */
  readonly firstAnswer: (request: FirstRequest) => Promise<number>;
  readonly stop: () => Promise<void>;
}

/** Starts the process and does not wait for it. */
export async function startRole({ folder, target, env, limit }: RoleOptions): Promise<Role> {
  const port = await freePort();
  const began = performance.now();
  const command = [process.execPath, FRAMEWORK, `--source=${folder}`];
  const [program = "", ...args] =
    limit === undefined ? command : ["sh", "-c", JOIN_FIRST, limit.joinFile, ...command];
  const child = keep(
    spawn(program, args, {
      cwd: folder,
      // A pipe that is read, as a container's standard output is.
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        PATH: process.env.PATH,
        ...env,
        PORT: String(port),
        FUNCTION_TARGET: target,
        FUNCTION_SIGNATURE_TYPE: "http",
        NODE_ENV: "production",
      },
    }),
  );
  child.stdout.resume();
  const url = `http://127.0.0.1:${port}`;
  return {
    pid: pidOf(child),
    url,
    firstAnswer: (request) => {
      const answered = async (): Promise<number> => {
        let status = await statusOf(url, request);
        while (status === undefined) {
          if (child.exitCode !== null) throw new Error(`${target} ended before it answered.`);
          await new Promise((resolve) => setTimeout(resolve, POLL_MS));
          status = await statusOf(url, request);
        }
        if (status === 200) return performance.now() - began;
        throw new Error(`${target} answered ${status} to ${request.method} ${request.path}.`);
      };
      return inTime(answered(), `The first answer of ${target}`);
    },
    stop: () => end(child),
  };
}

/** Undefined while nobody listens. */
function statusOf(url: string, { method, path, body }: FirstRequest): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json" };
    const outgoing = httpRequest(`${url}${path}`, { method, headers, agent: false });
    outgoing.once("response", (incoming) => {
      incoming.resume();
      resolve(incoming.statusCode);
    });
    outgoing.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED") resolve(undefined);
      else reject(error);
    });
    outgoing.end(body);
  });
}
