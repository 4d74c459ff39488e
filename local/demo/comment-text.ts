/** A comment's Markdown as plain lines: about what a reader of the pull request sees. */

/** Lines without the markers that only programs read, and without two empty ones in a row. */
export function commentText(markdown: string): string[] {
  const lines: string[] = [];
  let fence: string | undefined;
  for (const line of markdown.split("\n")) {
    const [opening] = /^`{3,}/.exec(line) ?? [];
    if (fence === undefined && opening !== undefined) fence = opening;
    else if (fence !== undefined && line === fence) fence = undefined;
    else if (fence !== undefined) lines.push(line);
    else lines.push(...proseOf(line));
  }
  while (lines.at(-1) === "") lines.pop();
  return lines.filter((line, index) => line !== "" || (lines[index - 1] ?? "") !== "");
}

const UNESCAPED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"' };

/** No line for what is not shown. */
function proseOf(line: string): string[] {
  if (/^(?:<!--.*-->|<\/details>)$/.test(line)) return [];
  const text = line
    .replace(/^<details(?: open)?><summary>(.*)<\/summary>$/, "▾ $1")
    .replace(/^> \[!(\w+)\]$/, "> $1")
    .replaceAll(/\*\*(.+?)\*\*/g, "$1")
    .replaceAll(/\[([^\]]+)\]\([^)]+\)/g, "$1")
    .replaceAll(/`+([^`]+)`+/g, "$1")
    .replaceAll(/\\([!-/:-@[-`{-~])/g, "$1")
    .replaceAll(/&(amp|lt|gt|quot);/g, (_, name: string) => UNESCAPED[name] ?? "")
    // Takes no room; parts what GitHub would make a link of.
    .replaceAll("\u200b", "");
  return [text];
}
