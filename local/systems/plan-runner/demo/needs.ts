/** What the plan runner's story is told with. */
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { UsageError } from "../../../../infra/commands/arguments.ts";
import { findTofu, NO_TOFU, requireTofu } from "../tofu.ts";

/** A person's own folder of .tf files, absolute. Throws a UsageError. */
export function folderOf(word: string): string {
  const folder = resolve(word);
  if (filesIn(folder).some((name) => /\.(?:tf|tofu)(?:\.json)?$/.test(name))) return folder;
  throw new UsageError(`${folder} has no .tf files.`);
}

/** What is missing where there is no OpenTofu. Throws a UsageError where what is taken for it is something else. */
export async function readyTofu(): Promise<string | undefined> {
  const tofu = findTofu();
  if (tofu === undefined) return NO_TOFU;
  await requireTofu(tofu);
  return undefined;
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" });
  } catch {
    throw new UsageError(`${folder} is not a folder that can be read.`);
  }
}
