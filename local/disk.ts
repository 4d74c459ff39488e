/** Errors of the disk that a person can mend. */
import { tmpdir } from "node:os";
import { sep } from "node:path";

/** The sentence for a full disk and for a temporary folder that is no good; undefined for any other error. */
export function diskProblem(error: NodeJS.ErrnoException): string | undefined {
  const { code = "", path = "" } = error;
  if (code === "ENOSPC" || code === "EDQUOT") {
    const what = path === "" ? "" : `: ${path} cannot be written`;
    return `The disk is full (${code})${what}. Make room; TMPDIR may name a folder on another disk.`;
  }
  const folder = tmpdir();
  const why = WHY_NOT[code];
  // Elsewhere a missing file is a bug.
  if (why === undefined || !`${path}${sep}`.startsWith(`${folder}${sep}`)) return undefined;
  return `The temporary folder ${folder} ${why} (${code}). Mend that, or let TMPDIR name another.`;
}

const WHY_NOT: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  ENOTDIR: "is no folder",
  EACCES: "cannot be used",
  EPERM: "cannot be used",
  EROFS: "cannot be written",
};
