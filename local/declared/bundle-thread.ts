/** Bundles roles in a thread of its own, which ends with esbuild's process. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { bundle } from "../../infra/bundle/bundle.ts";
import type { BundledRole } from "./bundles.ts";
import { problemOf } from "./problem.ts";
import { PROJECT_FOLDER } from "../run-folder.ts";

/** What stands in functions/ beside the roles. */
const SHARED = ["github", "messages", "runtime"];

async function allRoles(): Promise<string[]> {
  const folders = await readdir(join(PROJECT_FOLDER, "functions"), { withFileTypes: true });
  return folders
    .filter((entry) => entry.isDirectory() && !SHARED.includes(entry.name))
    .map(({ name }) => name);
}

async function bundled(role: string): Promise<readonly [string, BundledRole]> {
  try {
    return [role, { bundle: await bundle(role) }];
  } catch (error) {
    return [role, { problem: problemOf(error) }];
  }
}

const roles = (workerData as readonly string[] | undefined) ?? (await allRoles());
parentPort?.postMessage(new Map(await Promise.all(roles.map(bundled))));
