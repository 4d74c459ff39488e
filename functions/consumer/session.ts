import type { Folder, Ports } from "./ports.ts";
import type { Sync } from "./sync/sync.ts";
import { toolCallIn } from "./tool-call.ts";
import type { ToolCall } from "./tool-call.ts";
import { ToolError } from "./tool-error.ts";
import { gcsSync } from "./tools/gcs-sync.ts";
import { readFile } from "./tools/read-file.ts";
import { runCommand } from "./tools/run-command.ts";
import { updateFile } from "./tools/update-file.ts";

/** Lines are answered as they are done; more at once wait. */
const MAX_AT_ONCE = 8;

export interface Session {
  /** What is sent, line by line; undefined for a line that was too long to be kept. */
  readonly lines: AsyncIterable<string | undefined>;
  readonly folder: () => Promise<Folder>;
  /** Undefined where nothing is to be synchronised. */
  readonly syncOf: (folder: Folder) => Sync | undefined;
  /** Takes one line without its end. */
  readonly write: (line: string) => void;
}

/** Runs what a session's lines ask for, and answers each, until there are no more lines and nothing runs. */
export async function runSession(session: Session, ports: Ports): Promise<void> {
  const { write, lines } = session;
  const { settings, now, every } = ports;
  const stopPings = every(settings.heartbeatSeconds, () => {
    write(`ping ${now()}`);
    return Promise.resolve();
  });
  try {
    const folder = await session.folder().catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      write(JSON.stringify({ type: "work_root_error", message }));
      return undefined;
    });
    if (folder === undefined) return;
    const sync = session.syncOf(folder);
    if (sync !== undefined && settings.sync.atStart) await quietly(sync, ports);
    write(`ready ${now()}`);
    await answerAll(lines, folder, sync, session, ports);
  } finally {
    stopPings();
  }
}

async function answerAll(
  lines: Session["lines"],
  folder: Folder,
  sync: Sync | undefined,
  { write }: Session,
  ports: Ports,
): Promise<void> {
  const { intervalSeconds } = ports.settings.sync;
  const hasInterval = sync !== undefined && intervalSeconds > 0;
  const stopSync = hasInterval
    ? ports.every(intervalSeconds, () => quietly(sync, ports))
    : () => undefined;
  const running = new Set<Promise<void>>();
  try {
    for await (const line of lines) {
      if (line === undefined) {
        write(JSON.stringify({ result: null, error: "The line is too long." }));
        continue;
      }
      const call = toolCallIn(line);
      // What asks for nothing is not answered.
      if (call === undefined) continue;
      const answering = answer(call, folder, sync, ports)
        .then(write)
        .finally(() => running.delete(answering));
      running.add(answering);
      if (running.size >= MAX_AT_ONCE) await Promise.race(running);
    }
  } finally {
    stopSync();
    await Promise.all(running);
    if (sync !== undefined) await quietly(sync, ports);
  }
}

/** The line that answers a call. */
async function answer(
  call: ToolCall,
  folder: Folder,
  sync: Sync | undefined,
  ports: Ports,
): Promise<string> {
  const { settings, log, now } = ports;
  const began = now();
  const trace = (outcome: string): void => {
    if (!settings.hasTrace) return;
    const { id, name } = call;
    log("INFO", `${name.slice(0, 100)}: ${outcome}`, { event_id: id, took_ms: now() - began });
  };
  try {
    const result = await runTool(call, folder, sync, ports);
    trace("done");
    return JSON.stringify({ id: call.id, result });
  } catch (error) {
    const isExpected = error instanceof ToolError;
    if (!isExpected) log("ERROR", "A tool failed for a reason of ours", { error: String(error) });
    const message = isExpected ? error.message : "Something went wrong on the consumer's side.";
    trace("failed");
    return JSON.stringify({ id: call.id, result: null, error: message });
  }
}

async function runTool(
  call: ToolCall,
  folder: Folder,
  sync: Sync | undefined,
  ports: Ports,
): Promise<unknown> {
  const { settings } = ports;
  switch (call.name) {
    case "READ_FILE":
      return readFile(call, folder, settings);
    case "UPDATE_FILE":
      return afterUpload(await updateFile(call, folder), sync, ports);
    case "RUN_COMMAND":
      return afterUpload(await runCommand(call, folder, settings), sync, ports);
    case "GCS_SYNC":
    case "SYNC_GCS":
    case "GCS.MIRROR":
      return gcsSync(call, sync, settings.sync.bucket);
    default:
      // The older consumer knows no such error either (producer contract, 2.3).
      return null;
  }
}

/** Whoever gets the answer ends the connection, and a function has no time of its own after that. */
async function afterUpload<T>(result: T, sync: Sync | undefined, { log }: Ports): Promise<T> {
  await sync?.upload().catch((error: unknown) => {
    log("WARNING", `What a tool wrote was not uploaded: ${messageOf(error)}`);
  });
  return result;
}

async function quietly(sync: Sync, { log }: Ports): Promise<void> {
  try {
    const stats = await sync.run();
    if (stats.conflicts > 0) log("WARNING", "Objects were left out of synchronising", { ...stats });
  } catch (error) {
    log("WARNING", `Synchronising failed: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
