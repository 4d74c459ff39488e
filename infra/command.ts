/** What the commands of this folder share: their config, and how they fail. */
import { parseConfig, type PlatformConfig } from "./config.ts";
import { ConfigError } from "./errors.ts";
import { readStackFile } from "./stack-file.ts";

/** Runs a command and sets the exit code. What a person can mend is one message, without a stack. */
export function runCommand(command: (args: readonly string[]) => void): void {
  try {
    command(process.argv.slice(2));
  } catch (error) {
    const message = explanation(error);
    if (message === undefined) throw error;
    console.error(message);
    process.exitCode = 1;
  }
}

/** The sentence for a person; undefined for what is a bug. */
function explanation(error: unknown): string | undefined {
  if (error instanceof ConfigError) return error.message;
  const isRefusedArgument =
    error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS_");
  return isRefusedArgument ? `${error.message} (--help says what there is)` : undefined;
}

/** The config in `Pulumi.<stack>.yaml`. @throws ConfigError */
export function stackConfig(stack: string): PlatformConfig {
  return parseConfig(readStackFile(stack));
}
