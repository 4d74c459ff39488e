import { spawn } from "node:child_process";
import type { ChildProcess, SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { access, constants, writeFile } from "node:fs/promises";
import { constants as osConstants } from "node:os";
import { codeOf } from "./code-of.ts";
import { HttpError } from "../../runtime/errors.ts";
import { cliConfig } from "../cli-config.ts";
import type { Mirror } from "../cli-config.ts";
import { ERROR_BYTES } from "../limits.ts";
import { BoundedText } from "../output/bounded-text.ts";
import type { Ended, Place, Tofu } from "../ports.ts";
import type { Isolation } from "./isolation.ts";
import { kill } from "./processes.ts";
import { homeOf, temporaryOf } from "./workplace.ts";

/** Where programs are looked for that OpenTofu starts: `git` for module sources. */
export const PATH = "/usr/local/bin:/usr/bin:/bin";
/** How long output may still arrive once the process has ended: a descendant may hold its pipes open. */
const DRAIN_MS = 1_000;

const SIGNALS = Object.entries(osConstants.signals) as [NodeJS.Signals, number][];

interface TofuOptions {
  /** Absolute path of the program. */
  readonly bin: string;
  readonly mirror: Mirror;
  readonly isolation: Isolation;
  /** Variables besides those that are always set. */
  readonly environment: Readonly<Record<string, string>>;
  /** From SIGINT to SIGKILL, in ms. */
  readonly killMs: number;
}

/** An OpenTofu that runs as a child process, which ends with this one. It sees nothing of this process's environment. */
export async function tofuOf(options: TofuOptions): Promise<Tofu> {
  const { bin, isolation } = options;
  return {
    hasGit: await hasProgram("git"),
    isIsolated: isolation.isWhole,
    run: async (args, { place, folder, workspace, output, signal }) => {
      const config = `${place.plan}.tofurc`;
      await writeFile(config, cliConfig(options.mirror));
      const child = await started(bin, [...isolation.command, bin, ...args], {
        cwd: folder,
        env: environmentOf(options.environment, place, config, workspace),
        // A group of its own, so that its providers are reached with it.
        detached: true,
        // The last one is the guard's.
        stdio: ["ignore", "pipe", "pipe", "pipe"],
      });
      return ended(child, options.killMs, signal, output);
    },
  };
}

/** Throws an HttpError 503 where the program is missing, or none that may be run. */
async function started(
  bin: string,
  [program = "", ...args]: readonly string[],
  options: SpawnOptions,
): Promise<ChildProcess> {
  try {
    // What stands before it could only say so in its own words.
    await access(bin, constants.X_OK);
    const child = spawn(program, args, options);
    await once(child, "spawn");
    return child;
  } catch (error) {
    const code = codeOf(error) ?? "unknown";
    const why = "TOFU_BIN, or the archive of tofuVersion, holds no program for this machine";
    throw new HttpError(
      503,
      "tofu_unavailable",
      `OpenTofu could not be started (${code}): ${why}.`,
    );
  }
}

function environmentOf(
  configured: Readonly<Record<string, string>>,
  place: Place,
  config: string,
  workspace: string,
): Record<string, string> {
  return {
    ...configured,
    PATH,
    HOME: homeOf(place),
    TMPDIR: temporaryOf(place),
    TF_IN_AUTOMATION: "1",
    TF_INPUT: "0",
    CHECKPOINT_DISABLE: "1",
    TF_CLI_CONFIG_FILE: config,
    // Not in the checkout: a `.terraform` that came with the commit would pass for what was installed, programs and all.
    TF_DATA_DIR: place.data,
    ...(workspace !== "default" && { TF_WORKSPACE: workspace }),
  };
}

async function hasProgram(name: string): Promise<boolean> {
  const found = PATH.split(":").map((folder) => access(`${folder}/${name}`, constants.X_OK));
  return (await Promise.allSettled(found)).some(({ status }) => status === "fulfilled");
}

function ended(
  child: ChildProcess,
  killMs: number,
  signal: AbortSignal,
  output: (chunk: Buffer) => void = () => undefined,
): Promise<Ended> {
  const errors = new BoundedText(ERROR_BYTES);
  child.stdout?.on("data", output);
  child.stderr?.on("data", (chunk: Buffer) => errors.add(chunk));
  const group = (name: NodeJS.Signals): void => {
    if (child.pid !== undefined) kill(-child.pid, name);
  };
  let timer: NodeJS.Timeout | undefined;
  // SIGINT lets OpenTofu and its providers end in order (opentofu.org/docs/internals/debugging and -lock of plan).
  const stop = (): void => {
    group("SIGINT");
    timer = setTimeout(() => group("SIGKILL"), killMs);
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      finish();
    };
    child.once("error", (error) => settle(() => reject(error)));
    child.once("exit", () => {
      group("SIGKILL");
      child.stdio[3]?.destroy();
      const drained = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, DRAIN_MS);
      child.once("close", () => clearTimeout(drained));
    });
    child.once("close", (code: number | null, by: NodeJS.Signals | null) => {
      const { head, tail } = errors.read();
      settle(() => resolve({ code, signal: by ?? signalIn(code), errors: head + tail }));
    });
  });
}

/** A shell says with its own code that a signal ended what it ran: 128 and the signal's number. OpenTofu has none so high. */
function signalIn(code: number | null): NodeJS.Signals | null {
  const [found] = SIGNALS.filter(([, number]) => code === 128 + number);
  return found?.[0] ?? null;
}
