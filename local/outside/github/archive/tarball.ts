/** A commit as `git archive --format=tar.gz` writes it: git-scm.com/docs/git-archive. */
import { gzipSync } from "node:zlib";
import { Header, Pax } from "tar";
import type { Commit, TreeFile } from "../state/git.ts";
import { listTree } from "../state/git.ts";
import { exported } from "./export-ignore.ts";

const BLOCK = 512;
/** git writes a global header with the commit's id first, which `git get-tar-commit-id` reads. */
const GLOBAL_NAME = "pax_global_header";

/** Everything below one folder. Modes are those of git's default umask for archives, 002. */
export function tarball({ sha, files, time }: Commit, folder: string): Buffer {
  const kept = exported(files);
  const mtime = new Date(time);
  const blocks = [globalHeader(sha, mtime), ...entry({ path: `${folder}/`, mtime })];
  for (const { path, type } of listTree(kept)) {
    const full = `${folder}/${path}`;
    const file = kept.get(path);
    blocks.push(
      ...(type === "tree" || file === undefined
        ? entry({ path: `${full}/`, mtime })
        : entry({ path: full, mtime, file })),
    );
  }
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]));
}

function globalHeader(sha: string, mtime: Date): Buffer {
  const block = new Pax({ comment: sha }, true).encode();
  const size = Buffer.byteLength(new Pax({ comment: sha }, true).encodeBody());
  new Header({
    path: GLOBAL_NAME,
    mode: 0o666,
    uid: 0,
    gid: 0,
    uname: "root",
    gname: "root",
    size,
    mtime,
    type: "GlobalExtendedHeader",
  }).encode(block);
  return block;
}

interface Entry {
  /** A folder's ends with a slash. */
  readonly path: string;
  readonly mtime: Date;
  /** Absent for a folder. */
  readonly file?: TreeFile;
}

function entry({ path, mtime, file }: Entry): readonly Buffer[] {
  const isLink = file?.mode === "120000";
  const content = file === undefined || isLink ? Buffer.alloc(0) : file.content;
  const data = {
    path,
    mtime,
    mode: modeOf(file),
    uid: 0,
    gid: 0,
    uname: "root",
    gname: "root",
    size: content.length,
    type: typeOf(file),
    ...(isLink && { linkpath: file.content.toString() }),
  } as const;
  const block = Buffer.alloc(BLOCK);
  const needsMore = new Header(data).encode(block);
  // What does not fit the fields of 1988 stands in a header of its own before it.
  const { linkpath } = { linkpath: undefined, ...data };
  const more = needsMore
    ? [new Pax({ path, ...(linkpath !== undefined && { linkpath }) }).encode()]
    : [];
  return [...more, block, content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
}

function modeOf(file: TreeFile | undefined): number {
  if (file === undefined || file.mode === "100755") return 0o775;
  return file.mode === "120000" ? 0o777 : 0o664;
}

function typeOf(file: TreeFile | undefined): "Directory" | "SymbolicLink" | "File" {
  if (file === undefined) return "Directory";
  return file.mode === "120000" ? "SymbolicLink" : "File";
}
