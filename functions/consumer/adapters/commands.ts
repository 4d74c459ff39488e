import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Captured, CommandResult } from "../ports.ts";
import { ToolError } from "../tool-error.ts";

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * A network without any device, so that the metadata server and everything else are out of reach; a process table of its
 * own, which ends with the command and shows no other environment; folders of its own, to hide others' in (unshare(1)).
 * No right is needed for any of it.
 */
const OUTER = [
  "--user",
  "--map-root-user",
  "--net",
  "--mount",
  "--pid",
  "--fork",
  "--kill-child",
  "--mount-proc",
];
/** Hides the folder of all work folders behind an empty one that holds just this one. */
const HIDE = [
  'hold=$(mktemp -d) && mount --bind "$2" "$hold" && mount -t tmpfs tmpfs "$1" && mkdir -p "$2"',
  'mount --bind "$hold" "$2" && umount "$hold" && rmdir "$hold" && cd "$2" || exit 125',
  // In namespaces below those the command has no right to undo any of it.
  'exec unshare --user --map-user=1000 --map-group=1000 --mount -- /bin/sh -c \'/bin/sh -c "$1"; exit "$?"\' sh "$3"',
].join(" && ");

const HEAD_SHARE = 0.6;
const TAIL_SHARE = 0.3;

interface Isolated {
  readonly command: string;
  readonly folder: string;
  /** Folder of all work folders. */
  readonly base: string;
  readonly seconds: number;
  /** Of what the command writes to each of its two outputs. */
  readonly maxBytes: number;
}

/** Whether this instance lets commands be cut off; Cloud Run promises it on no page. Found out once. */
let isPossible: Promise<boolean> | undefined;

/** Runs a command cut off from everything but its folder; where it cannot be cut off it is not run. */
export async function runIsolated(isolated: Isolated): Promise<CommandResult> {
  isPossible ??= run({ ...isolated, command: "true", seconds: 10 }).then(
    ({ exitCode }) => exitCode === 0,
    () => false,
  );
  if (!(await isPossible)) throw new ToolError("RUN_COMMAND: commands cannot be isolated here");
  return run(isolated);
}

async function run({ command, folder, base, seconds, maxBytes }: Isolated): Promise<CommandResult> {
  const shell = ["/bin/sh", "-c", HIDE, "sh", base, folder, command];
  const child = spawn("unshare", [...OUTER, "--", ...shell], {
    cwd: folder,
    // Nothing of this process's own.
    env: { PATH, HOME: folder, LANG: "C.UTF-8", TMPDIR: "/tmp" },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: seconds * 1000,
    // With it ends the first process of the table, and with that all others.
    killSignal: "SIGKILL",
  });
  const [output, error, [code]] = await Promise.all([
    captureOf(child.stdout, maxBytes),
    captureOf(child.stderr, maxBytes),
    once(child, "close") as Promise<[number | null]>,
  ]);
  return { output, error, exitCode: child.killed ? undefined : (code ?? 1) };
}

/** Keeps the beginning and the end of a stream, however long it is. */
async function captureOf(stream: AsyncIterable<Buffer>, maxBytes: number): Promise<Captured> {
  const headMax = Math.floor(maxBytes * HEAD_SHARE);
  const tailMax = Math.floor(maxBytes * TAIL_SHARE);
  let head: Buffer = Buffer.alloc(0);
  let rest: Buffer = Buffer.alloc(0);
  let total = 0;
  for await (const chunk of stream) {
    total += chunk.length;
    const toHead = chunk.subarray(0, headMax - head.length);
    head = Buffer.concat([head, toHead]);
    rest = Buffer.concat([rest, chunk.subarray(toHead.length)]);
    if (total > maxBytes) rest = Buffer.from(rest.subarray(-tailMax));
  }
  const leftOut = total - head.length - rest.length;
  return leftOut === 0
    ? { head: Buffer.concat([head, rest]).toString(), tail: "", leftOut }
    : { head: head.toString(), tail: rest.toString(), leftOut };
}
