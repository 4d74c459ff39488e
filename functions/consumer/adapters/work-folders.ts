import { constants } from "node:fs";
import { mkdir, open, realpath, readdir, lstat, rename, rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import path from "node:path";
import { workFolderOf } from "../../messages/work-folder.ts";
import type { Context, FileState, Folder } from "../ports.ts";
import { isPlainPath } from "../plain-path.ts";
import { ESCAPES, ToolError } from "../tool-error.ts";
import { runIsolated } from "./commands.ts";

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;
/** As the contract's consumer arranges its folders (5.2), except that no value can lead out of its place. */
const OLD_TEMPLATE = "{userId}/{projectId}/{workspaceId}/{sessionId}";
const OLD_DEFAULTS = { workspace_id: "ws", session_id: "current" };
/** Folders that are listed are as deep as that at most. */
const MAX_DEPTH = 64;
const TEMPORARY = ".gcs-part-";

const SENTENCES: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EISDIR: "illegal operation on a directory",
  ENOTDIR: "not a directory",
  ENAMETOOLONG: "name too long",
  ENOSPC: "no space left on device",
  EROFS: "read-only file system",
};

/** Makes sessions' work folders below a root. */
export function workFolders(root: string, template: string): (context: Context) => Promise<Folder> {
  return async (context) => {
    const base = path.resolve(root);
    const segments =
      template === ""
        ? workFolderOf(OLD_TEMPLATE, { ...OLD_DEFAULTS, ...withoutNothing(context) })
        : workFolderOf(template, context);
    const folder = path.join(base, ...segments);
    try {
      await mkdir(folder, { recursive: true });
      // A link on the way would make it another's.
      if ((await realpath(folder)) !== path.join(await realpath(base), ...segments)) {
        throw new Error("The work folder is behind a link.");
      }
    } catch (error) {
      throw new Error(`The work folder could not be made (${codeOf(error) ?? "link"}).`, {
        cause: error,
      });
    }
    return folderAt(await realpath(folder), await realpath(base));
  };
}

function withoutNothing(context: Context): Context {
  const { session_id, workspace_id, ...rest } = context;
  return { ...rest, ...(session_id && { session_id }), ...(workspace_id && { workspace_id }) };
}

function folderAt(root: string, base: string): Folder {
  return {
    read: (file, maxBytes) =>
      naming(file, "open", async () => {
        await using handle = await openIn(root, file, O_RDONLY | O_NONBLOCK);
        const stats = await handle.stat();
        if (!stats.isFile()) throw new ToolError("READ_FILE: not a file");
        const content = Buffer.alloc(Math.min(maxBytes, stats.size));
        const { bytesRead } = await handle.read(content, 0, content.length, 0);
        return { content: content.subarray(0, bytesRead), bytes: stats.size };
      }),
    write: (file, content, { append, mkdirp }) =>
      naming(file, "open", async () => {
        const flags = O_WRONLY | O_CREAT | O_NONBLOCK | (append ? O_APPEND : 0);
        await using handle = await openIn(root, file, flags, mkdirp);
        if (!(await handle.stat()).isFile()) throw new ToolError("UPDATE_FILE: not a file");
        // Emptied only once it is known to be inside.
        if (!append) await handle.truncate();
        await handle.writeFile(content);
      }),
    list: () => filesIn(root),
    stream: (file) =>
      naming(file, "open", async () => {
        const handle = await openIn(root, file, O_RDONLY | O_NONBLOCK);
        if ((await handle.stat()).isFile()) return handle.createReadStream();
        await handle.close();
        throw new ToolError(`ENOENT: no such file or directory, open '${file}'`);
      }),
    replace: (file, content) => naming(file, "open", () => replaceIn(root, file, content)),
    command: (command, seconds, maxBytes) =>
      runIsolated({ command, folder: root, base, seconds, maxBytes }),
  };
}

/** The folder that a path leads to, as it is once all links are followed; it is inside the root. */
async function parentIn(root: string, file: string, makes: boolean): Promise<string> {
  if (!isPlainPath(file)) throw new ToolError(ESCAPES);
  const parent = path.dirname(path.join(root, file));
  // What is made below a link is made where that leads, so the deepest that is there is judged first.
  if (makes) {
    for (let at = parent; ; at = path.dirname(at)) {
      const real = await realpath(at).catch(() => undefined);
      if (real === undefined) continue;
      mustBeIn(root, real);
      break;
    }
    await mkdir(parent, { recursive: true });
  }
  const real = await realpath(parent);
  mustBeIn(root, real);
  return real;
}

async function openIn(
  root: string,
  file: string,
  flags: number,
  makes = false,
): Promise<FileHandle> {
  const parent = await parentIn(root, file, makes);
  const handle = await open(path.join(parent, path.basename(file)), flags | O_NOFOLLOW, 0o644);
  try {
    // Between the look and the opening a folder may have become a link.
    mustBeIn(root, await realpath(`/proc/self/fd/${handle.fd}`));
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function replaceIn(
  root: string,
  file: string,
  content: AsyncIterable<Uint8Array>,
): Promise<FileState> {
  const parent = await parentIn(root, file, true);
  const part = path.join(parent, `${TEMPORARY}${randomUUID()}`);
  try {
    await using handle = await open(part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644);
    mustBeIn(root, await realpath(`/proc/self/fd/${handle.fd}`));
    await handle.writeFile(content);
    const { mtimeMs, size } = await handle.stat();
    await rename(part, path.join(parent, path.basename(file)));
    return { path: file, mtimeMs, size };
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function filesIn(root: string, below = "", depth = 0): Promise<FileState[]> {
  if (depth > MAX_DEPTH) return [];
  const entries = await readdir(path.join(root, below), { withFileTypes: true });
  const files: FileState[] = [];
  for (const entry of entries) {
    const name = below === "" ? entry.name : `${below}/${entry.name}`;
    // Neither kind is true of a link.
    if (entry.isDirectory()) files.push(...(await filesIn(root, name, depth + 1)));
    if (!entry.isFile() || entry.name.startsWith(TEMPORARY)) continue;
    const stats = await lstat(path.join(root, name)).catch(() => undefined);
    if (stats?.isFile() !== true) continue;
    files.push({ path: name, mtimeMs: stats.mtimeMs, size: stats.size });
  }
  return files;
}

function mustBeIn(root: string, real: string): void {
  if (real !== root && !real.startsWith(`${root}/`)) throw new ToolError(ESCAPES);
}

/** Says what went wrong with the file's name as it was given, and with no other path. */
async function naming<T>(file: string, call: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    if (code === "ELOOP") throw new ToolError(ESCAPES);
    // The other end of a pipe is not there.
    if (code === "ENXIO") throw new ToolError("UPDATE_FILE: not a file");
    throw new ToolError(`${code}: ${SENTENCES[code] ?? "it cannot be done"}, ${call} '${file}'`);
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
