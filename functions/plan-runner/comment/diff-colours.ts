/** `-/+` and `+/-` replace, `<=` reads. */
const MARKED = /^( *)(-\/\+|\+\/-|<=|[-+~]) /;
/** Opens a text of several lines; a quoted one may say the same, but ends with its quote. */
const HEREDOC = / <<-?EOT(?: # forces replacement)?$/;

/**
 * A plan as GitHub's `diff` highlighting colours it, which goes by the first character of a line: OpenTofu's marker moves
 * there, and `~`, which means nothing to it, becomes `!`.
 */
export function diffColoured(plan: string): string {
  const lines = plan.split("\n");
  /** Where the marker stood of the attribute whose lines of text these are. */
  let heredoc: number | undefined;
  for (const [index, line] of lines.entries()) {
    const mark = MARKED.exec(line);
    const column = mark?.[1]?.length ?? 0;
    if (heredoc !== undefined) {
      // Within text a marker is indented by four; what looks like one elsewhere is the text's own, as in a YAML list.
      if (mark !== null && column === heredoc + 4) lines[index] = moved(line, column, mark[2]);
      if (line.startsWith(`${" ".repeat(heredoc + 2)}EOT`)) heredoc = undefined;
      continue;
    }
    if (HEREDOC.test(line)) heredoc = mark === null ? line.search(/\S/) - 2 : column;
    if (mark !== null) lines[index] = moved(line, column, mark[2]);
  }
  return lines.join("\n");
}

function moved(line: string, column: number, marker = ""): string {
  const shown = marker === "~" ? "!" : marker;
  return `${shown}${line.slice(0, column)}${line.slice(column + marker.length)}`;
}
