/** The rows for a person. */
import { styleText } from "node:util";
import type { Limit, Row, Unit } from "./measurement.ts";

const HEAD = ["measurement", "", "ours", "floor", "ratio", "limit", "verdict"];

/** Columns of the table that hold numbers, which line up at their right end. */
const NUMBERS = new Set([2, 3, 4, 5]);

/** What the row's words say already. */
const COUNTED = new Set<Unit>(["resources", "requests", "tasks"]);

/** One line a row, then what each floor is. */
export function tableOf(rows: readonly Row[], stream: NodeJS.WriteStream): string {
  const floors = [...new Set(rows.flatMap(({ floor }) => floor?.what ?? []))];
  const lines = [HEAD, ...rows.map((row) => cellsOf(row, floors))];
  const widths = HEAD.map((_, column) =>
    Math.max(...lines.map((cells) => cells[column]?.length ?? 0)),
  );
  const table = lines.map((cells, index) => {
    const line = cells.map((cell, column) =>
      NUMBERS.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
    );
    const text = line.join("  ").trimEnd();
    if (index === 0) return styleText("bold", text, { stream });
    return rows[index - 1]?.verdict === "missed" ? styleText("yellow", text, { stream }) : text;
  });
  const notes = floors.map((what, index) => `  [${index + 1}] ${what}`);
  const explained = notes.length === 0 ? [] : ["", "Floors, taken in the same run:", ...notes];
  return [...table, ...explained].join("\n");
}

function cellsOf(row: Row, floors: readonly string[]): string[] {
  const { measurement, what, unit, ours, floor, ratio, limit, verdict = "" } = row;
  return [
    measurement,
    what,
    numberOf(ours, unit),
    floor === undefined ? "" : `${numberOf(floor.value, unit)} [${floors.indexOf(floor.what) + 1}]`,
    ratio === undefined ? "" : ratio.toFixed(2),
    limit === undefined ? "" : limitOf(limit, unit),
    verdict,
  ];
}

function limitOf(limit: Limit, unit: Unit): string {
  const [sign, value] = "max" in limit ? ["≤", limit.max] : ["≥", limit.min];
  return `${sign} ${limit.of === "ratio" ? value.toFixed(2) : numberOf(value, unit)}`;
}

function numberOf(value: number, unit: Unit): string {
  const digits = value < 10 && !Number.isInteger(value) ? 1 : 0;
  const number = value.toLocaleString("en", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return COUNTED.has(unit) ? number : `${number} ${unit}`;
}
