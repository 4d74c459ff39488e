/** A folder that is no git repository: what is saved there is committed to a throwaway repository elsewhere. */
import { lstat, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { refuseTooLarge } from "./clone.ts";
import { git, type GitOptions } from "./git.ts";

export const FIRST_BRANCH = "main";
export const SAVED_BRANCH = "saved";

/**
 * What nobody commits: what tools make of the files, state and settings of a machine. The folder's own `.gitignore` files come on top, and may
 * take any of it in again with `!`.
 */
const IGNORED = [
  ".terraform/",
  "*.tfstate",
  "*.tfstate.*",
  "*.tfplan",
  "crash*.log",
  ".env",
  ".env.*",
  "node_modules/",
  ".DS_Store",
  "*~",
  "*.sw?",
];

export class SavedFolder {
  /** Leads git to the throwaway repository. */
  readonly env: Readonly<Record<string, string>>;
  readonly #folder: string;
  #commit: { readonly sha: string; readonly tree: string } | undefined;

  private constructor(folder: string, gitFolder: string) {
    this.#folder = folder;
    this.env = {
      GIT_DIR: gitFolder,
      GIT_WORK_TREE: folder,
      // No filters, hooks or ignore files of a person's own.
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_SYSTEM: "/dev/null",
      GIT_AUTHOR_NAME: "dev",
      GIT_AUTHOR_EMAIL: "dev@localhost",
      GIT_COMMITTER_NAME: "dev",
      GIT_COMMITTER_EMAIL: "dev@localhost",
    };
  }

  /** The repository is made in `gitFolder`, with what the folder holds now as its first commit on `main`. */
  static async create(folder: string, gitFolder: string): Promise<SavedFolder> {
    const saved = new SavedFolder(folder, gitFolder);
    await mkdir(gitFolder, { recursive: true });
    await saved.#git(["init", "--quiet", "--template=", `--initial-branch=${FIRST_BRANCH}`]);
    await mkdir(join(gitFolder, "info"), { recursive: true });
    await writeFile(join(gitFolder, "info", "exclude"), `${IGNORED.join("\n")}\n`);
    await saved.save();
    return saved;
  }

  /** Commits what was saved since, if anything was, on top of `saved`, which is then checked out. */
  async save(): Promise<void> {
    await this.#refuseTooLarge();
    await this.#git([
      "-c",
      "advice.addEmbeddedRepo=false",
      "-c",
      "core.safecrlf=false",
      "add",
      "--all",
      ".",
    ]);
    const tree = await this.#git(["write-tree"]);
    const parent = this.#commit;
    if (parent?.tree === tree) return;
    const message = parent === undefined ? "Begin" : await this.#subject(parent.tree, tree);
    const above = parent === undefined ? [] : ["-p", parent.sha];
    const sha = await this.#git(["commit-tree", tree, ...above, "-m", message]);
    const branch = parent === undefined ? FIRST_BRANCH : SAVED_BRANCH;
    await this.#git(["update-ref", `refs/heads/${branch}`, sha]);
    await this.#git(["symbolic-ref", "HEAD", `refs/heads/${branch}`]);
    this.#commit = { sha, tree };
  }

  /** Before anything is copied. */
  async #refuseTooLarge(): Promise<void> {
    const listed = await this.#git([
      "ls-files",
      "-z",
      "--cached",
      "--others",
      "--exclude-standard",
    ]);
    const paths = listed.split("\0").filter((path) => path !== "" && !path.endsWith("/"));
    refuseTooLarge(
      this.#folder,
      await Promise.all(
        paths.map(async (path) => (await lstat(join(this.#folder, path)).catch(gone))?.size ?? 0),
      ),
    );
  }

  async #subject(before: string, after: string): Promise<string> {
    const listed = await this.#git(["diff-tree", "-r", "-z", "--name-only", before, after]);
    const [first = "", ...others] = listed.split("\0").filter((path) => path !== "");
    return others.length === 0 ? `Save ${first}` : `Save ${first} and ${others.length} more`;
  }

  async #git(args: readonly string[]): Promise<string> {
    const options: GitOptions = { env: this.env };
    return (await git(this.#folder, args, options)).toString().trim();
  }
}

/** Removed since it was listed. */
function gone(): undefined {
  return undefined;
}
