import { chmodSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Lets folders that are to be read only go: what is in such a folder cannot be removed. Links are not followed. */
export function unlock(folder: string): void {
  try {
    chmodSync(folder, 0o700);
  } catch {
    // There is none.
    return;
  }
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) unlock(join(folder, entry.name));
  }
}
