import type { Captured, Folder, Settings } from "../ports.ts";
import { ToolError } from "../tool-error.ts";
import type { ToolCall } from "../tool-call.ts";

const NAMES = ["command", "cmd", "run", "shell"];
const MAX_SECONDS = 600;

/** RUN_COMMAND: what a command wrote. Failing, and taking too long, are results (producer contract, 2.5). */
export async function runCommand(
  { args }: ToolCall,
  folder: Folder,
  settings: Pick<Settings, "runsCommands" | "commandSeconds" | "outputMaxBytes">,
): Promise<object> {
  if (!settings.runsCommands) throw new ToolError("RUN_COMMAND: not enabled here");
  const named = NAMES.map((name) => args[name]);
  const command = named.find((value) => typeof value === "string" && value.trim() !== "");
  if (typeof command !== "string") throw new ToolError("RUN_COMMAND: missing command");
  const asked = args.timeoutSeconds ?? Number.NaN;
  const seconds = Number.isFinite(Number(asked)) ? Number(asked) : settings.commandSeconds;
  const limit = Math.min(MAX_SECONDS, Math.max(1, seconds));
  const done = await folder.command(command, limit, settings.outputMaxBytes);
  const isTooLong = done.exitCode === undefined;
  const error = textOf(done.error);
  return {
    command,
    output: textOf(done.output),
    error: isTooLong && error === "" ? `Command failed: ${command}` : error,
    exitCode: done.exitCode ?? 1,
    timeoutMs: limit * 1000,
  };
}

function textOf({ head, tail, leftOut }: Captured): string {
  return leftOut === 0
    ? `${head}${tail}`
    : `${head}\n... [${leftOut} bytes truncated] ...\n${tail}`;
}
