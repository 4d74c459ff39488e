/** The forms in which the access matrix is shown. Pure: rows in, text out. */
import type { AccessRow, CustomRole } from "../access.ts";
import type { DeployerRole } from "../deployer.ts";
import { conditionWords } from "../google/condition.ts";
import { customRole } from "../google/iam/kinds.ts";
import { shortMember, shortResource, shortRole } from "../google/short-names.ts";

/** The matrix: who may do what, and what the roles hold that are the project's own. */
export interface Matrix {
  readonly rows: readonly AccessRow[];
  readonly customRoles: readonly CustomRole[];
}

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
export function asText({ rows, customRoles }: Matrix, deployer: readonly DeployerRole[]): string {
  const cells = [[...COLUMNS], ...rows.map(cellsOf)];
  const widths = COLUMNS.map((_, column) =>
    Math.max(...cells.map((line) => line[column]?.length ?? 0)),
  );
  const table = cells.flatMap((line, number) => {
    const condition = rows[number - 1]?.condition;
    const padded = line.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    const [why = "", source = ""] = line.slice(REASONS);
    return [
      padded.slice(0, REASONS).join("  ").trimEnd(),
      ...(condition === undefined ? [] : wrapped(`if ${conditionWords(condition)}`, "    ")),
      ...wrapped(`${why} (${source})`, "    "),
    ];
  });
  return [
    ...table,
    "",
    ...LEGEND,
    ...customRoles.flatMap(({ id, why, permissions }) => [
      "",
      ...wrapped(`Custom role ${id}: ${why}`, ""),
      ...permissions.toSorted().map((permission) => `  ${permission}`),
    ]),
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

/** The matrix as a table of a page, a condition behind what it is on. */
export function asMarkdown({ rows, customRoles }: Matrix): string {
  const lines = rows.map((row) =>
    cellsOf(row).map((cell, column) =>
      COLUMNS[column] === "on" ? `${cell}${markedCondition(row)}` : cell,
    ),
  );
  const access = table(COLUMNS, lines);
  if (customRoles.length === 0) return access;
  const roles = customRoles.map(({ id, why, permissions }) => [
    id,
    permissions.toSorted().join(", "),
    why,
  ]);
  return [access, "", table(["custom role", "permissions", "why"], roles)].join("\n");
}

function markedCondition({ condition }: AccessRow): string {
  if (condition === undefined) return "";
  const { title, expression, description } = condition;
  return `, if ${title}: \`${expression}\`${description === undefined ? "" : ` (${description})`}`;
}

function table(columns: readonly string[], lines: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll(/\s*\n\s*/g, " ")).join(" | ")} |`;
  return [line(columns), line(columns.map(() => "---")), ...lines.map(line)].join("\n");
}

/** The matrix for programs: rows with full names, and with the permissions of their custom role where they grant one. */
export function asJson({ rows, customRoles }: Matrix): string {
  const told = rows.map((row) => {
    const own = customRoles.find(({ id }) => id === customRole.parse(row.role)?.role);
    return own === undefined ? row : { ...row, permissions: own.permissions.toSorted() };
  });
  return JSON.stringify(told, undefined, 2);
}

/** A row as people read it; full names are in the JSON. */
function cellsOf({ kind, principal, role, resource, why, source }: AccessRow): string[] {
  const who = shortMember(principal, resource);
  return [kind, who, shortRole(role), shortResource(resource), why, source];
}
