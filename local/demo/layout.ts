/** Plain text in columns. */

/** Lines of at most `width` characters: cut at spaces, or within a long word after `/` or `,`, or anywhere. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text.trim();
  while (rest.length > width) {
    const cut = cutOf(rest, width);
    lines.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).trimStart();
  }
  return [...lines, rest];
}

function cutOf(text: string, width: number): number {
  const space = text.lastIndexOf(" ", width);
  if (space > width / 2) return space;
  const joint = Math.max(text.lastIndexOf("/", width - 1), text.lastIndexOf(",", width - 1)) + 1;
  if (joint > 0 || space > 0) return Math.max(joint, space);
  return width;
}

/** Cells beside each other, each wrapped to the width of its column. */
export function row(cells: readonly string[], widths: readonly number[]): string[] {
  const columns = cells.map((cell, column) => wrap(cell, widths[column] ?? cell.length));
  const height = Math.max(...columns.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) =>
    columns
      .map((column, index) => (column[line] ?? "").padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** Wraps a line whose indentation means something: what is wrapped keeps it. */
export function wrapIndented(line: string, width: number): string[] {
  const [indent = ""] = /^\s{0,40}/.exec(line) ?? [];
  return wrap(line, width - indent.length).map((each) => `${indent}${each}`.trimEnd());
}
