/** OpenTofu on this machine, for the role that plans and for tests. */
import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { promisify } from "node:util";
import { UsageError } from "../../../infra/commands/arguments.ts";
import type { ServiceSpec } from "../../host/spec.ts";
import { PROJECT_FOLDER } from "../../run-folder.ts";

/** Where `npm run tools` puts what it builds. */
const TOOLS_FOLDER = join(PROJECT_FOLDER, ".tools");

/** What to say where there is none. */
export const NO_TOFU =
  "OpenTofu was not found, so plans will fail: `npm run tools` builds it into .tools/ (needs Go), or put tofu on your PATH, or set TOFU_BIN.";

/**
 * The program: `TOFU_BIN`, else what `npm run tools` built, else `tofu` on PATH, else `terraform` there, which plans the
 * same modules for a person who has only that. Undefined where there is none. Throws a UsageError where `TOFU_BIN` is none.
 */
export function findTofu(
  environment: NodeJS.ProcessEnv = process.env,
  tools = TOOLS_FOLDER,
): string | undefined {
  const { TOFU_BIN: named, PATH: path = "" } = environment;
  if (named !== undefined && named !== "") {
    if (isProgram(named)) return named;
    throw new UsageError(`TOFU_BIN is ${named}, which is no program that can be run.`);
  }
  const folders = path.split(delimiter).filter(isAbsolute);
  const candidates = [
    join(tools, "tofu"),
    ...["tofu", "terraform"].flatMap((name) => folders.map((folder) => join(folder, name))),
  ];
  return candidates.find(isProgram);
}

/** A busy machine takes seconds to start a program of this size. */
const ANSWER_MS = 20_000;

/** Throws a UsageError where the program does not tell its version as OpenTofu and Terraform do. */
export async function requireTofu(program: string): Promise<void> {
  try {
    const { stdout } = await promisify(execFile)(program, ["version", "-json"], {
      timeout: ANSWER_MS,
      killSignal: "SIGKILL",
      // A person's settings are of no concern here, and Terraform would ask its maker for a newer version.
      env: { ...process.env, TF_CLI_CONFIG_FILE: "/dev/null", CHECKPOINT_DISABLE: "1" },
    });
    // OpenTofu has kept the name.
    if (typeof (JSON.parse(stdout) as Version | null)?.terraform_version === "string") return;
  } catch {
    // It failed, or wrote something else.
  }
  throw new UsageError(
    `${program} is neither OpenTofu nor Terraform: "version -json" does not tell its version. Is TOFU_BIN right?`,
  );
}

interface Version {
  readonly terraform_version?: unknown;
}

/** Whether the function fetches OpenTofu from a bucket where no variable names the program. */
export function runsTofu({ env }: Pick<ServiceSpec, "env">): boolean {
  return env.TOFU_OBJECT !== undefined;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
