/** Bundles roles in a thread of its own, which ends with esbuild's process. */
import { glob } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { bundle } from "../../infra/bundle/bundle.ts";
import { keyOf, type BundledRole, type Wanted } from "./bundles.ts";
import { problemOf } from "./problem.ts";
import { PROJECT_FOLDER } from "../run-folder.ts";

/** A folder with an entry is a role; what roles share has none. */
async function allRoles(): Promise<Wanted[]> {
  const wanted: Wanted[] = [];
  for await (const entry of glob("*/index.ts", { cwd: join(PROJECT_FOLDER, "functions") })) {
    wanted.push({ role: dirname(entry), form: "function" });
  }
  return wanted;
}

async function bundled(wanted: Wanted): Promise<readonly [string, BundledRole]> {
  const { role, form } = wanted;
  try {
    return [keyOf(wanted), { bundle: await bundle(role, { form }) }];
  } catch (error) {
    return [keyOf(wanted), { problem: problemOf(error) }];
  }
}

const wanted = (workerData as readonly Wanted[] | undefined) ?? (await allRoles());
parentPort?.postMessage(new Map(await Promise.all(wanted.map(bundled))));
