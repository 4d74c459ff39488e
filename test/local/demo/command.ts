/** `npm run demo` as a person runs it, and what outlives it. */
import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../../local/demo/main.ts", import.meta.url));
export const STOPS_WITHIN_MS = 2000;
const NPM_REPEATS_MS = 20;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From the signal to the end, in milliseconds; 0 where none was sent. */
  readonly stoppedAfterMs: number;
  /** Folders and processes that outlived it. */
  readonly left: readonly string[];
}

/** Runs the command; interrupts it as soon as it has printed `interruptAt`. */
export async function demo(
  args: readonly string[],
  interruptAt?: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const folder = await mkdtemp(join(tmpdir(), "demo-test-"));
  try {
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: { ...process.env, ...env, TMPDIR: folder },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    let signalledAt: number | undefined;
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      if (interruptAt === undefined || signalledAt !== undefined) return;
      if (!stdout.includes(interruptAt)) return;
      signalledAt = performance.now();
      child.kill("SIGINT");
      // The terminal has sent it to all, and npm passes on what it got.
      setTimeout(() => child.kill("SIGINT"), NPM_REPEATS_MS);
    });
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    const stoppedAfterMs = signalledAt === undefined ? 0 : performance.now() - signalledAt;
    const left = [...(await readdir(folder)), ...(await processesThatMention(folder))];
    return { code, stdout, stderr, stoppedAfterMs, left };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Roles have the folder in their environment. Where there is no /proc, the folder itself is the only witness. */
async function processesThatMention(folder: string): Promise<string[]> {
  const ids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const environments = await Promise.all(
    ids.map((id) => readFile(`/proc/${id}/environ`, "utf8").catch(() => "")),
  );
  return ids.filter((_, index) => environments[index]?.includes(folder) === true);
}
