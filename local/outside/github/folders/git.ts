/** The git program, which reads folders and never changes them. */
import { execFile } from "node:child_process";

/** What is wrong with a folder, in one sentence. */
export class FolderProblem extends Error {
  override readonly name = "FolderProblem";
}

/** `git` failed. */
export class GitFailed extends FolderProblem {
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

export interface GitOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Of the output, in bytes. Default 64 MiB. */
  readonly maxBytes?: number;
}

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Runs `git` in a folder and returns its output. Throws a FolderProblem with git's own first words. */
export function git(
  folder: string,
  args: readonly string[],
  { env = {}, input = "", maxBytes = MAX_OUTPUT_BYTES }: GitOptions = {},
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      "git",
      ["-C", folder, ...args],
      { env: { ...ownEnvironment(), ...env }, encoding: "buffer", maxBuffer: maxBytes },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(problemOf(error, stderr.toString()));
      },
    );
    // It may have ended before it read everything; then its exit code says why.
    child.stdin?.on("error", () => undefined).end(input);
  });
}

/** A person's shell without what would lead git to another repository; git reads only, asks nobody and speaks English. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"));
  return {
    ...Object.fromEntries(kept),
    LC_ALL: "C",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_NO_LAZY_FETCH: "1",
    GIT_TERMINAL_PROMPT: "0",
  };
}

function problemOf(error: Error, stderr: string): FolderProblem {
  const { code } = error as { readonly code?: string | number | null };
  if (code === "ENOENT") return new FolderProblem("git, which reads the folder, is not on PATH.");
  if (code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") {
    return new FolderProblem("The folder's git history is too large.");
  }
  const [said = ""] = stderr.split("\n").filter((line) => line.trim() !== "");
  return new GitFailed(typeof code === "number" ? code : 1, said || error.message);
}
