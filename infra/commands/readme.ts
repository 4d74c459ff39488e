/** `npm run readme`: writes into README.md what is generated from the code. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BUILDER } from "../components/project.ts";
import { readArguments } from "./arguments.ts";
import { runCommand } from "./command.ts";
import { deployerRoles } from "../platform.ts";
import { SYSTEMS } from "../systems/index.ts";
import { pageOf, PROJECT_PAGE } from "./access-pages.ts";

export const README_FILE = join(import.meta.dirname, "../..", "README.md");

const USAGE = `Usage: npm run readme

Writes the systems' identities and the deployer's roles into README.md.`;

/** The text with its generated parts made anew. Throws where a part's marks are missing. */
export function withGeneratedParts(readme: string): string {
  const systems = Object.keys(SYSTEMS);
  const deployer = deployerRoles({ systems })
    .map(({ role, why }) => `- \`${role}\`: ${why}`)
    .join("\n");
  return withPart(withPart(readme, "deployer", deployer), "identities", identities());
}

/** What each system's accounts are for, with a link to the page that says what they may do. */
function identities(): string {
  const ofSystems = Object.entries(SYSTEMS).flatMap(([system, { identities }]) =>
    Object.entries(identities).map(([id, purpose]) => row(system, pageOf(system), id, purpose)),
  );
  return [
    "| system | identity | what it is for |",
    "| --- | --- | --- |",
    row("every stack", PROJECT_PAGE, BUILDER.id, BUILDER.description),
    ...ofSystems,
  ].join("\n");
}

function row(system: string, page: string, id: string, purpose: string): string {
  return `| [${system}](${page}) | ${id} | ${purpose} |`;
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
