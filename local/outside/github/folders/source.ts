/** A folder of a person's, whatever it is, as a git repository that can be looked at again and again. */
import { realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { Clone } from "./clone.ts";
import { FolderProblem, git, GitFailed } from "./git.ts";
import { SavedFolder } from "./saved-folder.ts";

export interface Source {
  /** `git`: what is committed counts; `saved`: what is saved. */
  readonly kind: "git" | "saved";
  readonly clone: Clone;
  /** Where something changes whenever there may be something new. */
  readonly watched: readonly string[];
  /** To be called before the clone is looked at. */
  readonly refresh: () => Promise<void>;
}

/**
 * A git repository where the folder is the root of one, else its files as they are saved. Throws a FolderProblem.
 * @param gitFolder where a throwaway repository may be made
 */
export async function openSource(folder: string, gitFolder: string): Promise<Source> {
  const about = await stat(folder).catch(() => undefined);
  if (about?.isDirectory() !== true) throw new FolderProblem(`${folder} is no folder.`);
  const found = await repositoryAt(folder);
  if (found === undefined) {
    const saved = await SavedFolder.create(await realpath(folder), gitFolder);
    const clone = new Clone(folder, saved.env);
    return { kind: "saved", clone, watched: [folder], refresh: () => saved.save() };
  }
  const { own, common } = found;
  return {
    kind: "git",
    clone: new Clone(folder),
    // Branches are files, one file for many, or tables; each worktree has a HEAD of its own.
    watched: [
      join(own, "HEAD"),
      ...["refs/heads", "packed-refs", "reftable"].map((name) => join(common, name)),
    ],
    refresh: () => Promise.resolve(),
  };
}

interface Repository {
  /** Of this worktree. */
  readonly own: string;
  /** Of all of its worktrees. */
  readonly common: string;
}

/** Undefined where the folder is none, or is within one. */
async function repositoryAt(folder: string): Promise<Repository | undefined> {
  const questions = ["--show-prefix", "--git-dir", "--git-common-dir"];
  const flags = ["--path-format=absolute", "--show-object-format"];
  try {
    const output = await git(folder, ["rev-parse", ...flags, ...questions]);
    const [format, prefix, own = "", common = ""] = output.toString().split("\n");
    if (prefix !== "") return undefined;
    if (format === "sha1") return { own, common };
  } catch (error) {
    if (error instanceof GitFailed && error.message.includes("not a git repository"))
      return undefined;
    throw error;
  }
  throw new FolderProblem(`${folder} has SHA-256 ids, which GitHub does not have.`);
}
