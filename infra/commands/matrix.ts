/** `npm run matrix`: who may do what, from the code. The formats are pure: rows in, text out. */
import { readArguments } from "./arguments.ts";
import { runCommand, stackConfig } from "./command.ts";
import type { AccessRow } from "../access.ts";
import { DEPLOYER_ROLES } from "../deployer.ts";
import { accessRows } from "../platform.ts";
import { shortMember, shortResource, shortRole } from "../google/short-names.ts";

const USAGE = `Usage: npm run matrix -- [--stack NAME] [--markdown | --json]

Prints the access matrix of a stack: who may do what, on which resource, and why.

  --stack NAME   the stack whose Pulumi.NAME.yaml is read (default: dev)
  --markdown     the table of the README
  --json         an array of rows with full names
  --help         this text`;

const COLUMNS = ["kind", "who", "role", "on", "why", "source"] as const;

/** The first of the columns that say why. */
const REASONS = 4;

const LEGEND = [
  "role: what our accounts and people may do, enforced locally too.",
  "google: what Google grants its own agents; never a resource.",
  "deploy: what building, deploying and planning needs in the cloud; granted, but not exercised locally.",
];

/** Columns of a terminal that the text keeps to, where no single name is longer. */
const TEXT_WIDTH = 100;

/** The matrix for a terminal: who may do what in columns, why and by which source below it. */
export function asText(rows: readonly AccessRow[]): string {
  const cells = [[...COLUMNS], ...rows.map(cellsOf)];
  const widths = COLUMNS.map((_, column) =>
    Math.max(...cells.map((line) => line[column]?.length ?? 0)),
  );
  const table = cells.flatMap((line) => {
    const padded = line.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    const [why = "", source = ""] = line.slice(REASONS);
    return [
      padded.slice(0, REASONS).join("  ").trimEnd(),
      ...wrapped(`${why} (${source})`, "    "),
    ];
  });
  const deployer = DEPLOYER_ROLES.map(({ role, why }) => `  ${role}: ${why}`);
  return [
    ...table,
    "",
    ...LEGEND,
    "",
    "The person who deploys needs these on the project, from its owner:",
    ...deployer,
  ].join("\n");
}

/** The text in lines that each begin with `indent`. */
function wrapped(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(" ")) {
    const longer = line === indent ? indent + word : `${line} ${word}`;
    if (longer.length > TEXT_WIDTH && line !== indent) {
      lines.push(line);
      line = indent + word;
    } else line = longer;
  }
  return [...lines, line];
}

/** The matrix for the README. */
export function asMarkdown(rows: readonly AccessRow[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [
    line(COLUMNS),
    line(COLUMNS.map(() => "---")),
    ...rows.map((row) => line(cellsOf(row))),
  ].join("\n");
}

/** The matrix for programs. */
export function asJson(rows: readonly AccessRow[]): string {
  return JSON.stringify(rows, undefined, 2);
}

/** A row as people read it; full names are in the JSON. */
function cellsOf({ kind, principal, role, resource, why, source }: AccessRow): string[] {
  const who = shortMember(principal, resource);
  return [kind, who, shortRole(role), shortResource(resource), why, source];
}

function main(args: readonly string[]): void {
  const { values } = readArguments(args, {
    options: {
      stack: { type: "string", default: "dev" },
      markdown: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const rows = accessRows(stackConfig(values.stack));
  const format = values.json ? asJson : values.markdown ? asMarkdown : asText;
  console.log(format(rows));
}

if (import.meta.main) runCommand(main);
