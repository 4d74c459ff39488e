/** `npm run matrix`: who may do what, from the code. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { accessRows, customRoles, deployerRoles } from "../platform.ts";
import { accessPages } from "./access-pages.ts";
import { readArguments, UsageError } from "./arguments.ts";
import { runCommand, stackConfig } from "./command.ts";
import { asJson, asMarkdown, asText } from "./matrix-formats.ts";

const ROOT = join(import.meta.dirname, "../..");

const USAGE = `Usage: npm run matrix -- [--stack NAME] [--markdown | --json]
       npm run matrix -- --write

Prints the access matrix of a stack: who may do what, on which resource, and why.

  --stack NAME   the stack whose Pulumi.NAME.yaml is read (default: dev)
  --markdown     as a table of a page
  --json         an array of rows with full names
  --write        writes the dev stack's pages: access.md beside every system
  --help         this text`;

function main(args: readonly string[]): void {
  const { values } = readArguments(args, {
    options: {
      stack: { type: "string" },
      markdown: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  if (values.write) {
    if (values.stack !== undefined || values.markdown || values.json) {
      throw new UsageError("--write stands alone: it writes the dev stack's pages.");
    }
    for (const [file, text] of accessPages(stackConfig("dev"))) {
      writeFileSync(join(ROOT, file), text);
    }
    return;
  }
  const config = stackConfig(values.stack ?? "dev");
  const matrix = { rows: accessRows(config), customRoles: customRoles(config) };
  if (values.json) console.log(asJson(matrix));
  else if (values.markdown) console.log(asMarkdown(matrix));
  else console.log(asText(matrix, deployerRoles(config)));
}

if (import.meta.main) runCommand(main);
