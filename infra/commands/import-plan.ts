/**
 * `npm run import-plan`: takes over what the documents' commands made. The import file goes to stdout, what it cannot do
 * to stderr.
 */
import { readArguments } from "./arguments.ts";
import { runCommand, stackConfig } from "./command.ts";
import type { PlatformConfig } from "../config/config.ts";
import { systemsOf, type Systems } from "../system.ts";
import { SYSTEMS } from "../systems/index.ts";
import type { ImportedResource } from "../takeover.ts";

const USAGE = `Usage: npm run --silent import-plan -- [--stack NAME] > import.json
       pulumi import --file import.json --protect=false --generate-code=false

Prints the import file for what the gcloud commands of the documents of the stack's systems made: queues, topics,
subscriptions, service accounts and bindings on single resources. Afterwards says what it cannot take over, and which old grant to remove.

  --stack NAME   the stack whose Pulumi.NAME.yaml is read (default: dev)
  --help         this text`;

/** The resources of the import file, parents first. Pure. */
export function importedResources(
  config: PlatformConfig,
  all: Systems = SYSTEMS,
): readonly ImportedResource[] {
  return systemsOf(config, all).flatMap(([, system]) => system.takeover(config).resources);
}

/** What the file cannot do, for a person. Pure. */
export function remarks(config: PlatformConfig, all: Systems = SYSTEMS): string {
  return systemsOf(config, all)
    .map(([, system]) => system.takeover(config).remarks.join("\n"))
    .join("\n\n");
}

function main(args: readonly string[]): void {
  const { values } = readArguments(args, {
    options: {
      stack: { type: "string", default: "dev" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const config = stackConfig(values.stack);
  console.log(
    JSON.stringify({ nameTable: {}, resources: importedResources(config) }, undefined, 2),
  );
  console.error(remarks(config));
}

if (import.meta.main) runCommand(main);
