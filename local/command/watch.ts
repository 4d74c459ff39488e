/** Takes changed files into use while the local cloud runs. */
import { once } from "node:events";
import { watch as watchFiles } from "chokidar";
import { loadDeclared, rebundled } from "../declared/load.ts";
import type { Log } from "../log.ts";
import { difference } from "../declared/difference.ts";
import { noteUnmatchable } from "./unmatchable.ts";
import type { LocalCloud } from "../local-cloud.ts";
import { PROJECT_FOLDER } from "../run-folder.ts";
import type { LocalSecrets } from "../declared/secrets.ts";

interface WatchOptions {
  readonly cloud: LocalCloud;
  readonly stack: string;
  readonly secrets: LocalSecrets;
  readonly log: Log;
}

export interface Watching {
  /** Resolves when nothing is being applied any more; what was being read is given up. */
  readonly close: () => Promise<void>;
}

/** Editors write a file in several steps, and save several at once. */
const SETTLE_MS = 50;

/** Files that a notice names. */
const NAMED_FILES = 3;

/** What editors leave beside the file that is edited. */
const OF_AN_EDITOR = /(^|[\\/])((?!\.env\.local$)\.[^\\/]+|[^\\/]+~|4913)$/;

/**
 * A change of a role bundles the roles again; one of the program, of the stack's config or of its
 * secrets records the program again.
 * The difference is applied. What is wrong is printed, and the cloud goes on as it was. Resolves when it watches.
 */
export async function watch({ cloud, stack, secrets, log }: WatchOptions): Promise<Watching> {
  const changed = new Set<string>();
  const closing = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let applying: Promise<void> | undefined;

  const files = ["infra", "functions", "Pulumi.yaml", `Pulumi.${stack}.yaml`, ".env.local"];
  const watcher = watchFiles(files, {
    cwd: PROJECT_FOLDER,
    ignoreInitial: true,
    ignored: OF_AN_EDITOR,
  });
  watcher.on("all", (_event, path) => {
    changed.add(path);
    clearTimeout(timer);
    timer = setTimeout(() => {
      applying ??= takeIntoUse().finally(() => (applying = undefined));
    }, SETTLE_MS);
  });

  watcher.on("error", (error) => {
    const message = `Saved files may go unnoticed from here on: ${String(error)}`;
    log({ source: "local", severity: "ERROR", message });
  });

  /** One after another: two recordings at once would race for the same bundles. */
  async function takeIntoUse(): Promise<void> {
    while (changed.size > 0) {
      const files = [...changed];
      changed.clear();
      await reload(files);
    }
  }

  async function reload(files: readonly string[]): Promise<void> {
    const names = named(files);
    const began = performance.now();
    try {
      const before = cloud.declared();
      const isRolesOnly = files.every((file) => /^functions[\\/]/.test(file));
      const { signal } = closing;
      const after = await (isRolesOnly
        ? rebundled(before, files, signal)
        : loadDeclared(stack, secrets, signal));
      await cloud.apply(after);
      const took = `${((performance.now() - began) / 1000).toFixed(1)} s`;
      const changes = difference(before, after, cloud.entryPoints());
      const message = `${names} changed${told(changes, took)}`;
      log({ source: "local", severity: "NOTICE", message, fields: { files, changes } });
      noteUnmatchable(after, log, before);
    } catch (error) {
      if (closing.signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      const message = `${names} changed, but the platform stays as it was. ${reason}`;
      log({ source: "local", severity: "ERROR", message });
    }
  }

  await once(watcher, "ready");
  return {
    close: async () => {
      clearTimeout(timer);
      changed.clear();
      closing.abort();
      await Promise.all([watcher.close(), applying]);
    },
  };
}

/** A person sees which file it was, or that there were many; a program gets all of them. */
function named(files: readonly string[]): string {
  const rest = files.length - NAMED_FILES;
  const first = files.slice(0, NAMED_FILES).join(", ");
  return rest > 0 ? `${first} and ${rest} more` : first;
}

/** On the same line what fits there, else on lines of their own. */
function told(changes: readonly string[], took: string): string {
  const [first = "nothing follows from it", ...more] = changes;
  if (more.length === 0) return `: ${first} (${took})`;
  return [` (${took}):`, ...changes.map((change) => `  ${change}`)].join("\n");
}
