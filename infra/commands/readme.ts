/** `npm run readme`: writes into README.md what is generated from the code. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readArguments } from "./arguments.ts";
import { runCommand, stackConfig } from "./command.ts";
import { DEPLOYER_ROLES } from "../deployer.ts";
import { asMarkdown } from "./matrix.ts";
import { accessRows } from "../platform.ts";

export const README_FILE = join(import.meta.dirname, "../..", "README.md");

const USAGE = `Usage: npm run readme

Writes the access matrix and the deployer's roles into README.md.`;

/** The text with its generated parts made anew. Throws where a part's marks are missing. */
export function withGeneratedParts(readme: string): string {
  const deployer = DEPLOYER_ROLES.map(({ role, why }) => `- \`${role}\`: ${why}`).join("\n");
  const matrix = asMarkdown(accessRows(stackConfig("dev")));
  return withPart(withPart(readme, "deployer", deployer), "matrix", matrix);
}

function withPart(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [before, after] = [text.indexOf(begin), text.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`README.md lacks ${begin} … ${end}.`);
  return `${text.slice(0, before)}${begin}\n\n${content}\n\n${text.slice(after)}`;
}

if (import.meta.main) {
  runCommand((args) => {
    const { values } = readArguments(args, { options: { help: { type: "boolean" } } });
    if (values.help) {
      console.log(USAGE);
      return;
    }
    writeFileSync(README_FILE, withGeneratedParts(readFileSync(README_FILE, "utf8")));
  });
}
