import type { Tenant } from "../messages/tenant.ts";
import type { Send } from "../runtime/http-client.ts";
import type { Log } from "../runtime/log.ts";
import type { Timers } from "../runtime/timers.ts";

/** Whose session it is. Older callers name no workspace. */
export type Context = Pick<Tenant, "user_id" | "project_id" | "session_id"> &
  Partial<Pick<Tenant, "workspace_id">>;

/** A file of a work folder, as far as synchronising needs it. */
export interface FileState {
  /** Below the folder, with slashes. */
  readonly path: string;
  readonly mtimeMs: number;
  readonly size: number;
}

/**
 * A session's work folder. No path leads out of it, whatever links are in it; what cannot be done rejects with a
 * ToolError that names the file as it was given.
 */
export interface Folder {
  /** The first so many bytes of a file. */
  read(
    path: string,
    maxBytes: number,
  ): Promise<{ readonly content: Buffer; readonly bytes: number }>;
  write(
    path: string,
    content: string,
    options: { readonly append: boolean; readonly mkdirp: boolean },
  ): Promise<void>;
  /** All files, but for links and what is not a file. */
  list(): Promise<readonly FileState[]>;
  /** A file's content, in pieces. */
  stream(path: string): Promise<AsyncIterable<Uint8Array>>;
  /** Puts a file in place of whatever was there, once all of it has come. */
  replace(path: string, content: AsyncIterable<Uint8Array>): Promise<FileState>;
  /** Runs a command there, cut off from the network, other folders and this process. */
  command(command: string, seconds: number, maxBytes: number): Promise<CommandResult>;
}

/** What came of a command. */
export interface CommandResult {
  readonly output: Captured;
  readonly error: Captured;
  /** Undefined where it was ended for its time. */
  readonly exitCode: number | undefined;
}

/** The beginning and the end of what was written. */
export interface Captured {
  readonly head: string;
  readonly tail: string;
  /** How many bytes between them were let go. */
  readonly leftOut: number;
}

export interface Settings {
  readonly heartbeatSeconds: number;
  readonly readMaxBytes: number;
  readonly outputMaxBytes: number;
  readonly runsCommands: boolean;
  readonly commandSeconds: number;
  readonly hasTrace: boolean;
  readonly sync: SyncSettings;
}

export interface SyncSettings {
  /** Empty for none. */
  readonly bucket: string;
  readonly prefixTemplate: string;
  readonly apiBase: string;
  readonly downloads: number;
  readonly uploads: number;
  readonly canUpload: boolean;
  readonly atStart: boolean;
  /** 0 for never. */
  readonly intervalSeconds: number;
  readonly shutdownSeconds: number;
  /** Empty for the bucket's own. */
  readonly billingProject: string;
  readonly isDebugged: boolean;
}

/** What a session needs from the world. */
export interface Ports extends Timers {
  readonly send: Send;
  readonly openFolder: (context: Context) => Promise<Folder>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Aborted when this process is asked to end. */
  readonly stopping: AbortSignal;
  readonly log: Log;
  readonly settings: Settings;
}
