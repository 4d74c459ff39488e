/** Bundles roles in a thread of its own, which ends with esbuild's process. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { bundle } from "../../infra/bundle/bundle.ts";
import { keyOf, type BundledRole, type Wanted } from "./bundles.ts";
import { problemOf } from "./problem.ts";
import { PROJECT_FOLDER } from "../run-folder.ts";

/** What stands in functions/ beside the roles. */
const SHARED = ["github", "messages", "runtime"];

async function allRoles(): Promise<Wanted[]> {
  const folders = await readdir(join(PROJECT_FOLDER, "functions"), { withFileTypes: true });
  return folders
    .filter((entry) => entry.isDirectory() && !SHARED.includes(entry.name))
    .map(({ name }) => ({ role: name, form: "function" }));
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
