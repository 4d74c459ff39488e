/** The floors that are functions, bundled as a role is: same settings, same framework, a folder of their own. */
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { bundle } from "../../infra/bundle/bundle.ts";
import { throwawayFolder } from "./children.ts";

const ROOT = join(import.meta.dirname, "..", "..");

export type FloorName = "empty" | "create-task";

/** Bundles one in a throwaway folder that looks like the project to the bundler. Returns the folder to start. */
export async function bundleFloor(name: FloorName): Promise<string> {
  const root = throwawayFolder();
  await mkdir(join(root, "functions"));
  await Promise.all([
    symlink(join(import.meta.dirname, "floors", name), join(root, "functions", name)),
    symlink(join(ROOT, "functions", "runtime"), join(root, "functions", "runtime")),
    symlink(join(ROOT, "package-lock.json"), join(root, "package-lock.json")),
    symlink(join(ROOT, "node_modules"), join(root, "node_modules")),
  ]);
  return (await bundle(name, { root })).folder;
}
