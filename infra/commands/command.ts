/** What the commands of this folder share: their config, and how they fail. */
import { UsageError } from "./arguments.ts";
import { parseConfig, type PlatformConfig } from "../config/config.ts";
import { originOf } from "../config/origin.ts";
import { ConfigError } from "../config/errors.ts";
import type { Written } from "../config/part.ts";
import { withPlaceholders } from "../config/secrets.ts";
import { readStackFile } from "../config/stack-file.ts";
import { SYSTEMS, type StackConfig } from "../systems/index.ts";

/** Runs a command and sets the exit code. What a person can mend is one message, without a stack. */
export function runCommand(command: (args: readonly string[]) => void | Promise<void>): void {
  // A command may begin at once: nothing it needs is still to come.
  void (async () => command(process.argv.slice(2)))().catch((error: unknown) => {
    if (!(error instanceof ConfigError || error instanceof UsageError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  });
}

/** Throws a ConfigError for a stack that does not run the system. */
export function requireSystem(
  { systems }: Pick<PlatformConfig, "systems">,
  system: string,
  stack: string,
): void {
  if (systems.includes(system)) return;
  throw new ConfigError(
    `The stack ${stack} does not run ${system}; add it to its \`systems\`.`,
    [],
  );
}

/** The config in `Pulumi.<stack>.yaml` with some values replaced, without the values of its secrets. @throws ConfigError */
export function stackConfig(stack: string, changes: Written = {}): StackConfig {
  const values = withPlaceholders({ ...readStackFile(stack), ...changes }, SYSTEMS);
  return parseConfig(values, SYSTEMS, originOf(stack));
}
