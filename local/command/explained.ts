/** What keeps a local cloud from running and a person can mend, in one sentence. */
import { UsageError } from "../../infra/commands/arguments.ts";
import { diskProblem } from "../disk.ts";
import { UnusableProgram } from "../declared/load.ts";

/** Undefined for a bug, which keeps its stack. */
export function explained(error: unknown): string | undefined {
  const isOurs = error instanceof UsageError || error instanceof UnusableProgram;
  if (isOurs) return error.message;
  return error instanceof Error ? diskProblem(error) : undefined;
}
