/** A git repository on this machine, as the stand-in GitHub reads it: branches and what is committed, nothing else. */
import type { Commit, FileMode, Files, TreeFile } from "../state/git.ts";
import { FolderProblem, git, GitFailed, type GitOptions } from "./git.ts";
import { junctions, type HistoryEntry } from "./history.ts";

export interface Branch {
  readonly name: string;
  readonly sha: string;
  /** First line of its newest commit's message. */
  readonly subject: string;
}

export interface Heads {
  /** Those that are wanted, the one that is checked out, then the others, newest first. */
  readonly branches: readonly Branch[];
  /** Undefined while a commit is checked out instead. */
  readonly checkedOut: string | undefined;
  /** Branches beyond those that are taken. */
  readonly leftOut: readonly string[];
}

export type ReadCommit = Omit<Commit, "author">;

/** Each branch is compared with each: enough for a person, little for a computer. */
const MAX_BRANCHES = 20;
/** Everything is in memory, and an archive is made of it for each plan. */
const MAX_FILES = 20_000;
const MAX_BYTES = 100 * 1024 * 1024;

export class Clone {
  readonly #folder: string;
  readonly #options: GitOptions;
  readonly #blobs = new Map<string, Buffer>();
  readonly #read = new Map<string, Omit<ReadCommit, "parents">>();

  /** `env` leads git to the repository where the folder alone does not. */
  constructor(folder: string, env: Readonly<Record<string, string>> = {}) {
    this.#folder = folder;
    this.#options = { env };
  }

  /** What a clone of it would check out: as its origin says, else `main` or `master`, else what is checked out now. */
  async defaultBranch(): Promise<string> {
    const names = (await this.#branches()).map(({ name }) => name);
    const [newest] = names;
    if (newest === undefined) {
      throw new FolderProblem(
        `${this.#folder} is a git repository without a commit. Make one first: git -C ${this.#folder} commit`,
      );
    }
    const origin = await this.#symbolic("refs/remotes/origin/HEAD");
    const wanted = [
      origin?.replace(/^origin\//, ""),
      "main",
      "master",
      await this.#symbolic("HEAD"),
    ];
    return wanted.find((name) => name !== undefined && names.includes(name)) ?? newest;
  }

  /** @param wanted branches that are taken before others, the first of them first */
  async heads(wanted: readonly string[]): Promise<Heads> {
    const checkedOut = await this.#symbolic("HEAD");
    const all = await this.#branches();
    const order = [...wanted, ...(checkedOut === undefined ? [] : [checkedOut])];
    const place = ({ name }: Branch) => (order.includes(name) ? order.indexOf(name) : order.length);
    const branches = all.toSorted((a, b) => place(a) - place(b));
    return {
      branches: branches.slice(0, MAX_BRANCHES),
      checkedOut,
      leftOut: branches.slice(MAX_BRANCHES).map(({ name }) => name),
    };
  }

  /**
   * These commits and those where two of them part, with git's own ids and all of their files. What is behind a commit is
   * shortened to those among them.
   */
  async commits(shas: readonly string[]): Promise<readonly ReadCommit[]> {
    const kept = junctions(await this.#history(shas), shas);
    const commits: ReadCommit[] = [];
    for (const [sha, parents] of kept) commits.push({ ...(await this.#commit(sha)), parents });
    return commits;
  }

  async #branches(): Promise<readonly Branch[]> {
    const format = "%(objectname)%00%(refname:lstrip=2)%00%(contents:subject)";
    const text = await this.#text(
      "for-each-ref",
      "--sort=-committerdate",
      `--format=${format}`,
      "refs/heads",
    );
    return linesOf(text).map((line) => {
      const [sha = "", name = "", subject = ""] = line.split("\0");
      return { sha, name, subject };
    });
  }

  /** Where a symbolic ref leads, shortened; undefined where it is none. */
  async #symbolic(ref: string): Promise<string | undefined> {
    const text = await this.#text("symbolic-ref", "--quiet", "--short", ref).catch(notThere);
    return text?.trim();
  }

  async #history(shas: readonly string[]): Promise<readonly HistoryEntry[]> {
    const flags = ["--topo-order", "--parents", "--ignore-missing"];
    const text = await this.#text("rev-list", ...flags, ...shas, "--");
    return linesOf(text).map((line) => {
      const [sha = "", ...parents] = line.split(" ");
      return { sha, parents };
    });
  }

  async #commit(sha: string): Promise<Omit<ReadCommit, "parents">> {
    const known = this.#read.get(sha);
    if (known !== undefined) return known;
    const format = "--format=%T%n%ct%n%B";
    const text = await this.#text("show", "--no-patch", "--no-show-signature", format, sha, "--");
    const [treeSha = "", seconds = "", ...message] = text.split("\n");
    const time = Number(seconds) * 1000;
    const files = await this.#files(treeSha);
    const commit = { sha, treeSha, message: message.join("\n").trim(), time, files };
    this.#read.set(sha, commit);
    return commit;
  }

  /** A submodule is another repository's, and not part of an archive either. */
  async #files(tree: string): Promise<Files> {
    const text = await this.#text("ls-tree", "-r", "-l", "-z", "--full-tree", tree);
    const entries = text.split("\0").flatMap((line) => {
      const [, mode = "", sha = "", size = "", path = ""] =
        /^(\d+) blob (\w+) +(\d+)\t(.*)$/s.exec(line) ?? [];
      return path === "" ? [] : [{ mode: modeOf(mode), sha, size: Number(size), path }];
    });
    refuseTooLarge(
      this.#folder,
      entries.map(({ size }) => size),
    );
    await this.#readBlobs(entries.map(({ sha }) => sha));
    const files = entries.map(({ path, mode, sha }): [string, TreeFile] => {
      const content = this.#blobs.get(sha);
      if (content === undefined) throw new FolderProblem(`${path} cannot be read from ${tree}.`);
      return [path, { mode, content }];
    });
    return new Map(files);
  }

  /** Blobs are shared by all commits that hold them. */
  async #readBlobs(shas: readonly string[]): Promise<void> {
    const wanted = [...new Set(shas)].filter((sha) => !this.#blobs.has(sha));
    if (wanted.length === 0) return;
    const output = await git(this.#folder, ["cat-file", "--batch"], {
      ...this.#options,
      input: `${wanted.join("\n")}\n`,
      maxBytes: MAX_BYTES + wanted.length * 100,
    });
    let at = 0;
    for (const sha of wanted) {
      const end = output.indexOf("\n", at);
      const size = Number(output.toString("latin1", at, end).split(" ")[2]);
      if (!Number.isInteger(size)) return;
      this.#blobs.set(sha, output.subarray(end + 1, end + 1 + size));
      at = end + 1 + size + 1;
    }
  }

  async #text(...args: readonly string[]): Promise<string> {
    return (await git(this.#folder, args, this.#options)).toString();
  }
}

/** Throws where a folder has more than is kept in memory. */
export function refuseTooLarge(folder: string, sizes: readonly number[]): void {
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (sizes.length <= MAX_FILES && bytes <= MAX_BYTES) return;
  throw new FolderProblem(
    `${folder} is too large: ${amount(bytes, sizes.length)}. The stand-in GitHub takes ${amount(MAX_BYTES, MAX_FILES)}.`,
  );
}

function amount(bytes: number, files: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MB in ${files} ${files === 1 ? "file" : "files"}`;
}

/** Old repositories know more modes than git writes now. */
function modeOf(mode: string): FileMode {
  if (mode === "120000") return mode;
  return mode === "100755" ? mode : "100644";
}

function linesOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}

function notThere(error: unknown): undefined {
  if (!(error instanceof GitFailed)) throw error;
}
