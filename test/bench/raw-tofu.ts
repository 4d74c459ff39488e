/** What a person would type for a plan, without anything around it. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
/** Of `tofu show`; far beyond what the modules here make. */
const MAX_OUTPUT_BYTES = 100 * 1024 * 1024;

/** Exit codes of `plan -detailed-exitcode`: 2 is a plan with changes (opentofu.org/docs/cli/commands/plan). */
const HAS_CHANGES = 2;

/** `init`, `plan` and `show` of a module in a new folder. Answers the milliseconds that they took together. */
export async function rawPlan(tofu: string, folder: string, module: string): Promise<number> {
  const cwd = await mkdtemp(join(folder, "module-"));
  await writeFile(join(cwd, "main.tf"), module);
  const command = async (...args: string[]): Promise<void> => {
    const options = {
      cwd,
      maxBuffer: MAX_OUTPUT_BYTES,
      env: { PATH: process.env.PATH, HOME: cwd, TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1" },
    };
    await run(tofu, args, options).catch((error: unknown) => {
      if (!(error instanceof Error && "code" in error && error.code === HAS_CHANGES)) throw error;
    });
  };
  const began = performance.now();
  await command("init", "-input=false", "-no-color");
  await command("plan", "-input=false", "-no-color", "-lock=false", "-detailed-exitcode", "-out=p");
  await command("show", "-no-color", "p");
  const took = performance.now() - began;
  await rm(cwd, { recursive: true });
  return took;
}
