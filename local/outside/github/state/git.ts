/**
 * Git's objects, with the ids that git itself gives them: git-scm.com/book/en/v2/Git-Internals-Git-Objects.
 * A commit holds all of its files; nothing is stored by difference.
 */
import { createHash } from "node:crypto";

/** Regular, executable, symbolic link. */
export type FileMode = "100644" | "100755" | "120000";

export interface TreeFile {
  readonly mode: FileMode;
  /** A link's content is its target. */
  readonly content: Buffer;
}

/** Path from the root, with `/`, to file. */
export type Files = ReadonlyMap<string, TreeFile>;

export interface TreeEntry {
  readonly path: string;
  readonly mode: FileMode | "040000";
  readonly type: "blob" | "tree";
  readonly sha: string;
  /** Bytes; of blobs only. */
  readonly size?: number;
}

export interface Commit {
  readonly sha: string;
  readonly treeSha: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: string;
  /** Milliseconds since the epoch, whole seconds. */
  readonly time: number;
  readonly files: Files;
}

/** A commit of these files. Equal input gives an equal id. */
export function createCommit(given: Omit<Commit, "sha" | "treeSha">): Commit {
  const { files, parents, message, author } = given;
  const time = Math.floor(given.time / 1000) * 1000;
  const treeSha = treeOf(files, "").sha;
  const signature = `${author} <${emailOf(author)}> ${time / 1000} +0000`;
  const text = [
    `tree ${treeSha}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${signature}`,
    `committer ${signature}`,
    "",
    message,
  ].join("\n");
  return { ...given, time, treeSha, sha: objectId("commit", Buffer.from(text)) };
}

export function emailOf(author: string): string {
  return `${author}@users.noreply.github.com`;
}

export function blobSha(content: Buffer): string {
  return objectId("blob", content);
}

/** Everything below a folder (default: the root), folders included, in git's order; paths are relative to the folder. */
export function listTree(files: Files, folder = ""): readonly TreeEntry[] {
  return treeOf(files, folder === "" ? "" : `${folder}/`).entries;
}

interface BuiltTree {
  readonly sha: string;
  readonly entries: readonly TreeEntry[];
}

function treeOf(files: Files, prefix: string): BuiltTree {
  const below = [...files].filter(([path]) => path.startsWith(prefix));
  return build(below.map(([path, file]) => [path.slice(prefix.length).split("/"), file]));
}

type Placed = readonly [path: readonly string[], file: TreeFile];

function build(files: readonly Placed[]): BuiltTree {
  const children = Object.entries(Object.groupBy(files, ([[name = ""]]) => name))
    .map(([name, placed = []]) => childOf(name, placed))
    // Git compares folders as if their names ended with a slash.
    .toSorted((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  const data = Buffer.concat(
    children.flatMap(({ entry: { mode, path, sha } }) => [
      Buffer.from(`${mode.replace(/^0/, "")} ${path}\0`),
      Buffer.from(sha, "hex"),
    ]),
  );
  const entries = children.flatMap(({ entry, below }) => [entry, ...below]);
  return { sha: objectId("tree", data), entries };
}

interface Child {
  readonly key: string;
  readonly entry: TreeEntry;
  readonly below: readonly TreeEntry[];
}

function childOf(name: string, placed: readonly Placed[]): Child {
  const [first] = placed;
  if (first?.[0].length === 1) {
    const { mode, content } = first[1];
    const sha = blobSha(content);
    const entry: TreeEntry = { path: name, mode, type: "blob", sha, size: content.length };
    return { key: name, entry, below: [] };
  }
  const tree = build(placed.map(([path, file]) => [path.slice(1), file]));
  return {
    key: `${name}/`,
    entry: { path: name, mode: "040000", type: "tree", sha: tree.sha },
    below: tree.entries.map((entry) => ({ ...entry, path: `${name}/${entry.path}` })),
  };
}

function objectId(type: string, data: Buffer): string {
  return createHash("sha1").update(`${type} ${data.length}\0`).update(data).digest("hex");
}
