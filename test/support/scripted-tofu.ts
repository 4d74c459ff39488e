import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import type { LocalCloud } from "../../local/local-cloud.ts";
import { tar } from "./plan-executor/tarball.ts";

/**
 * Plays OpenTofu for a module that says itself what its plan is: `plan.txt` is the text of `show`, `plan.json` its JSON.
 * A module without them has no changes. With a FIFO `gate-plan` beside the script, `plan` waits until somebody opens it;
 * so do the other commands with theirs.
 */
const SCRIPT = `#!/bin/sh
here=$(dirname "$0")
printf '%s\\n' "$1" >> "$here/calls" 2>/dev/null
if [ -p "$here/gate-$1" ]; then cat < "$here/gate-$1" > /dev/null & wait $!; fi
case "$1" in
  version) echo 'OpenTofu v0.0.0' ;;
  plan)
    for each in "$@"; do
      case $each in -out=*) : > "\${each#-out=}" ;; esac
    done
    if [ -f plan.txt ]; then exit 2; fi ;;
  show)
    case "$*" in
      *-json*)
        if [ -f plan.json ]; then cat plan.json; else echo '{"format_version":"1.2"}'; fi ;;
      *)
        if [ -f plan.txt ]; then cat plan.txt; else echo 'No changes.'; fi ;;
    esac ;;
esac
`;

interface ScriptedTools {
  /** What plan-executor is told, for `TestPlatform`. */
  readonly env: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Puts the program where plan-executor looks for a release. */
  readonly upload: (cloud: LocalCloud) => void;
}

/** The program as a release's archive. */
function scriptedArchive(): Buffer {
  return gzipSync(tar([{ path: "tofu", content: SCRIPT, mode: 0o755 }]));
}

/** The program as a release's archive in the tools bucket. */
export function scriptedTools(): ScriptedTools {
  const archive = scriptedArchive();
  const sha256 = createHash("sha256").update(archive).digest("hex");
  return {
    env: { "plan-executor": { TOFU_SHA256: sha256 } },
    upload: ({ declared, putObject }) => {
      const executor = declared().services.find(({ name }) => name === "plan-executor");
      const { TOOLS_BUCKET: bucket = "", TOFU_OBJECT: object = "" } = executor?.env ?? {};
      putObject(bucket, object, archive, "application/gzip");
    },
  };
}

/** The program on this machine, with a record of its calls. */
export class ScriptedTofu {
  readonly path: string;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = join(folder, "tofu");
  }

  static async create(): Promise<ScriptedTofu> {
    const tofu = new ScriptedTofu(await mkdtemp(join(tmpdir(), "scripted-tofu-")));
    await writeFile(tofu.path, SCRIPT, { mode: 0o755 });
    return tofu;
  }

  /** The commands so far, oldest first: `init`, `plan`, `show`. */
  async calls(): Promise<string[]> {
    const calls = await readFile(join(this.#folder, "calls"), "utf8").catch(() => "");
    return calls.split("\n").filter((line) => line !== "");
  }

  /** Lets every such command from now on wait. Resolves to the function that lets one go that waits, or the next that comes. */
  async hold(command: "init" | "plan" | "show" = "plan"): Promise<() => Promise<void>> {
    const gate = this.#gateOf(command);
    await promisify(execFile)("mkfifo", [gate]);
    return async () => {
      // Opening a FIFO for writing waits for its reader.
      const writer = await open(gate, "w");
      await this.free(command);
      await writer.close();
    };
  }

  /** Lets no such command wait from now on; what waits already waits on. */
  async free(command: "init" | "plan" | "show"): Promise<void> {
    await rm(this.#gateOf(command), { force: true });
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  #gateOf(command: string): string {
    return join(this.#folder, `gate-${command}`);
  }
}
