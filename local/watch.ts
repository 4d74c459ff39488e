/** Takes changed files into use while the local cloud runs. */
import { once } from "node:events";
import { watch as watchFiles } from "chokidar";
import { loadPlan, rebundled } from "./load-plan.ts";
import type { Log } from "./log.ts";
import { difference } from "./plan-difference.ts";
import type { LocalCloud } from "./platform.ts";
import { PROJECT_FOLDER } from "./run-folder.ts";
import type { LocalSecrets } from "./secrets.ts";

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
    const names = files.join(", ");
    const began = performance.now();
    try {
      const before = cloud.plan();
      const isRolesOnly = files.every((file) => /^functions[\\/]/.test(file));
      const { signal } = closing;
      const after = await (isRolesOnly
        ? rebundled(before, files, signal)
        : loadPlan(stack, secrets, signal));
      await cloud.apply(after);
      const took = `${((performance.now() - began) / 1000).toFixed(1)} s`;
      const message = `${names} changed: ${difference(before, after)} (${took})`;
      log({ source: "local", severity: "NOTICE", message });
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
