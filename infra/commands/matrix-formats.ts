/** The forms in which the access matrix is shown. Pure: rows in, text out. */
import type { AccessRow } from "../access.ts";
import type { DeployerRole } from "../deployer.ts";
import { shortMember, shortResource, shortRole } from "../google/short-names.ts";

const COLUMNS = ["kind", "who", "role", "on", "why", "source"] as const;

/** The first of the columns that say why. */
const REASONS = 4;

export const LEGEND = [
  "role: what our accounts and people may do, enforced locally too.",
  "google: what Google grants its own agents; never a resource.",
  "deploy: what building, deploying and planning needs in the cloud; granted, but not exercised locally.",
];

/** Columns of a terminal that the text keeps to, where no single name is longer. */
const TEXT_WIDTH = 100;

/** The matrix for a terminal: who may do what in columns, why and by which source below it. */
export function asText(rows: readonly AccessRow[], deployer: readonly DeployerRole[]): string {
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
  return [
    ...table,
    "",
    ...LEGEND,
    "",
    "The person who deploys needs these on the project, from its owner:",
    ...deployer.flatMap(({ role, why }) => wrapped(`${role}: ${why}`, "  ")),
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

/** The matrix as a table of a page. */
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
