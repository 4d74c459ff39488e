import { untoldSecrets } from "../../../infra/config/secrets.ts";
import { readStackFile } from "../../../infra/config/stack-file.ts";
import { SYSTEMS } from "../../../infra/systems/index.ts";
import { standIn } from "../recorded.ts";
import { STACK } from "./stack.ts";
import type { ProjectTree } from "./project-tree.ts";

/** Secret key → text, for each secret that the tree's stack needs and its file does not tell. */
export function secretsOf(tree: ProjectTree): Readonly<Record<string, string>> {
  const untold = untoldSecrets(readStackFile(STACK, tree.root), SYSTEMS);
  return Object.fromEntries(untold.map((key) => [key, standIn(key)]));
}

/** The lines of a text by which it would be recognized, wherever it is quoted and however its line breaks are written. */
function tracesOf(secret: string): string[] {
  return secret.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
}

/** Those secrets of which a text shows anything. */
export function shownIn(text: string, secrets: Readonly<Record<string, string>>): string[] {
  return Object.keys(secrets).filter((key) =>
    tracesOf(secrets[key] ?? "").some((trace) => text.includes(trace)),
  );
}
