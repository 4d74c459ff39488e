/** `npm run local` as a person starts it, read by its JSON lines. */
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Attachment } from "../../local/run-folder.ts";
import { end, keep, pidOf } from "./children.ts";
import { inTime } from "./deadline.ts";

const MAIN = join(import.meta.dirname, "..", "..", "local", "main.ts");

interface Ready {
  readonly event: "ready";
  readonly ca_file: string;
  readonly entry_points: EntryPoints;
}

/** The lines that are read here; there are others. */
type Line =
  | Ready
  | {
      readonly event: "log";
      readonly source: string;
      readonly fields?: Readonly<Record<string, unknown>>;
    };

type EntryPoints = readonly { readonly role: string; readonly url: string }[];

export interface StartedCloud {
  readonly pid: number;
  /** Where a person reaches them. */
  readonly entryPoints: EntryPoints;
  /** The inspector's address, where there is one. */
  readonly inspector: string | undefined;
  /** Milliseconds from the start of the process to its ready line, as seen from outside. */
  readonly readyMillis: number;
  readonly attachment: () => Promise<Attachment>;
  /** Resolves when so many tasks more were done, each answered with 200 at some attempt. */
  readonly tasksDone: (count: number) => Promise<unknown>;
  readonly stop: () => Promise<void>;
}

/** The command itself, without npm and without a look at saved files. */
export const ALONE = [process.execPath, MAIN, "--no-watch"] as const;

/** The same with Node's inspector, on a free port. */
export const INSPECTED = [process.execPath, "--inspect=127.0.0.1:0", MAIN, "--no-watch"] as const;

/** What a person types. */
export const AS_TYPED = ["npm", "run", "--silent", "local", "--"] as const;

/** What Node says of its inspector. */
const ABOUT_INSPECTOR = /^(Debugger |For help, see: |Waiting for the debugger)/;

/** Starts the dev stack on free ports. Rejects when it ends before it is ready. */
export async function startCloud([program, ...args]: readonly [
  string,
  ...string[],
] = ALONE): Promise<StartedCloud> {
  const began = performance.now();
  const child = keep(
    spawn(program, [...args, "--port", "0", "--json"], { stdio: ["ignore", "pipe", "pipe"] }),
  );
  const ready = Promise.withResolvers<Ready & { readonly millis: number }>();
  let waiting: { left: number; resolve: () => void; reject: (error: Error) => void } | undefined;
  const fail = (error: Error): void => {
    ready.reject(error);
    waiting?.reject(error);
  };
  child.once("exit", () => fail(new Error("The local cloud ended.")));
  let inspector: string | undefined;
  createInterface({ input: child.stderr }).on("line", (text) => {
    inspector ??= /^Debugger listening on (ws:\S+)$/.exec(text)?.[1];
    if (!ABOUT_INSPECTOR.test(text)) console.error(text);
  });
  createInterface({ input: child.stdout }).on("line", (text) => {
    const line = JSON.parse(text) as Line;
    if (line.event === "ready") {
      ready.resolve({ ...line, millis: performance.now() - began });
      return;
    }
    if (line.source !== "cloudtasks" || waiting === undefined) return;
    if (line.fields?.status !== 200) console.error(`A task is tried again: ${text}`);
    else if (--waiting.left === 0) waiting.resolve();
  });
  const {
    millis,
    ca_file: caFile,
    entry_points: entryPoints,
  } = await inTime(ready.promise, "The local cloud's ready line");
  return {
    pid: pidOf(child),
    entryPoints,
    inspector,
    readyMillis: millis,
    attachment: async () =>
      JSON.parse(await readFile(join(dirname(caFile), "attach.json"), "utf8")) as Attachment,
    tasksDone: (count) => {
      const { promise, resolve, reject } = Promise.withResolvers<undefined>();
      waiting = { left: count, resolve: () => resolve(undefined), reject };
      return inTime(promise, `${count} tasks`);
    },
    stop: () => end(child),
  };
}
