/**
 * The one folder that a running local cloud has on disk: the CA for its clients and a note by which other commands
 * attach to it. It bears the process's id, so that what a killed one left behind can be told and removed.
 */
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, lstat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { containerFolders } from "./host/environment.ts";
import { unlock } from "./host/mounts/unlock.ts";

/** The checkout that this code belongs to; two checkouts may each run a local cloud. */
export const PROJECT_FOLDER = fileURLToPath(new URL("..", import.meta.url));

/** What `npm run within` needs to know of a running local cloud. */
export interface Attachment {
  /** Of the process that runs it. */
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly projectFolder: string;
  readonly projectId: string;
  readonly region: string;
  /** Where its entry points answer. */
  readonly ports: readonly number[];
  readonly proxyUrl: string;
  readonly caFile: string;
  /** Folder for the throwaway configuration of gcloud. */
  readonly folder: string;
  /** Short name (`enqueuer-api`) or `developer` → its metadata server, host:port. */
  readonly metadataHosts: Readonly<Record<string, string>>;
}

const folders = new Set<string>();

/** Makes the folder, readable by this user only, and removes those of processes that are gone. */
export async function createRunFolder(): Promise<string> {
  await removeLeftovers();
  const folder = await mkdtemp(join(tmpdir(), `switchyard-${process.pid}-`));
  if (folders.size === 0) process.on("exit", removeAtExit);
  folders.add(folder);
  const { home, temporary, mounts } = containerFolders(folder);
  await Promise.all([mkdir(home), mkdir(temporary), mkdir(mounts)]);
  return folder;
}

export async function removeRunFolder(folder: string): Promise<void> {
  unlock(containerFolders(folder).mounts);
  // A role that is being killed may still write; so does gcloud.
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  folders.delete(folder);
  if (folders.size === 0) process.off("exit", removeAtExit);
}

/** For a process that does not get to stop its local cloud: a second Ctrl-C, a bug. */
function removeAtExit(): void {
  for (const folder of folders) {
    unlock(containerFolders(folder).mounts);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Replaced in one step, so that whoever reads it meanwhile finds the whole of it. */
export async function writeAttachment(attachment: Attachment): Promise<void> {
  const note = noteIn(attachment.folder);
  await writeFile(`${note}.new`, JSON.stringify(attachment), { mode: 0o600 });
  await rename(`${note}.new`, note);
}

/** The local clouds of this user that are running now, of whatever checkout, newest first. */
export async function runningClouds(): Promise<readonly Attachment[]> {
  const found: Attachment[] = [];
  for (const { folder, pid } of await runFolders()) {
    if (!isAlive(pid)) continue;
    const note = await readFile(noteIn(folder), "utf8").catch(() => "{}");
    const attachment = JSON.parse(note) as Partial<Attachment>;
    if (isWhole(attachment)) found.push(attachment);
  }
  return found.toSorted((a, b) => b.startedAt - a.startedAt);
}

/** Another checkout may run another version, whose note says less. */
function isWhole(attachment: Partial<Attachment>): attachment is Attachment {
  return attachment.ports !== undefined && attachment.startedAt !== undefined;
}

async function removeLeftovers(): Promise<void> {
  for (const { folder, pid } of await runFolders()) {
    if (isAlive(pid)) continue;
    // What cannot be removed is no reason not to start.
    unlock(containerFolders(folder).mounts);
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function runFolders(): Promise<{ readonly folder: string; readonly pid: number }[]> {
  const found: { folder: string; pid: number }[] = [];
  for (const name of await readdir(tmpdir())) {
    const pid = /^switchyard-(\d+)-/.exec(name)?.[1];
    if (pid === undefined) continue;
    const folder = join(tmpdir(), name);
    // The temporary folder is everybody's; a note or a link that somebody else left there is not followed.
    const about = await lstat(folder).catch(() => undefined);
    const isOurs = about?.isDirectory() === true && about.uid === process.getuid?.();
    if (isOurs) found.push({ folder, pid: Number(pid) });
  }
  return found;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is alive all the same.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function noteIn(folder: string): string {
  return join(folder, "attach.json");
}
