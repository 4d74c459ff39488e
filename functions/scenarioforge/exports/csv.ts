/** One value of a table. */
export type Cell = string | number | null;

/** The same behind a semicolon: where the decimal sign is a comma, a cell begins there. */
const INSIDE = /;[\s\p{Cc}\p{Cf}]*(?=[=+\-@＝＋－＠])/gu;

/** So that Excel reads UTF-8 (it takes text without it for the code page of its machine). */
const BYTE_ORDER_MARK = "\u{feff}";

/**
 * What spreadsheets would compute: what they skip in front included, and the wide forms of the signs. Source: OWASP, "CSV
 * Injection".
 */
const FORMULA = /^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]|^[\t\r\n]/u;

/**
 * A table in RFC 4180, its first row the names of the columns. Text that a spreadsheet would take for a formula gets an
 * apostrophe in front; numbers are numbers, their minus included.
 */
export function csv(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [columns, ...rows].map((row) => `${row.map(field).join(",")}\r\n`);
  return BYTE_ORDER_MARK + lines.join("");
}

function field(cell: Cell): string {
  if (typeof cell === "number") return String(cell);
  const inside = (cell ?? "").replaceAll(INSIDE, "$&'");
  const text = FORMULA.test(inside) ? `'${inside}` : inside;
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
