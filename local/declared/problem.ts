/** What went wrong while the program was recorded or a role was bundled, for the person who edits it. */
import { ConfigError } from "../../infra/config/errors.ts";
import { diskProblem } from "../disk.ts";
import { ProgramProblems } from "./declared.ts";

/** The first place in the project's own files on a stack. */
const PLACE = /\/((?:infra|functions)\/[^():]+:\d+):\d+\)?$/m;

/** The error's sentence, and where in the program it came from unless the sentence says all. */
export function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, stack = "" } = error;
  const ofDisk = diskProblem(error);
  if (ofDisk !== undefined) return ofDisk;
  if (error instanceof ConfigError || error instanceof ProgramProblems) return message;
  const place = PLACE.exec(stack)?.[1];
  return place === undefined ? message : `${message} (${place})`;
}
