import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PROJECT = join(import.meta.dirname, "../..");

/**
 * A new folder with the stack of a fixture's system: the project's Pulumi.yaml with the fixture's keys behind its own, where
 * it has some, and `Pulumi.<stack>.yaml`.
 */
export async function fixtureStack(fixture: string, stack: string): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), `switchyard-${stack}-`));
  const project = await readFile(join(PROJECT, "Pulumi.yaml"), "utf8");
  const own = join(fixture, "Pulumi.yaml");
  const keys = existsSync(own) ? (await readFile(own, "utf8")).split(/^config:\n/m)[1] : undefined;
  await writeFile(join(root, "Pulumi.yaml"), project + (keys ?? ""));
  await cp(join(fixture, `Pulumi.${stack}.yaml`), join(root, `Pulumi.${stack}.yaml`));
  return root;
}
