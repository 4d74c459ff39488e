/** A comment's Markdown as plain lines: about what a reader of the pull request sees. */

export interface Block {
  /** `code`: lines between fences, as they are. */
  readonly kind: "prose" | "code";
  readonly lines: readonly string[];
}

/** In their order; lines of prose without the markers that only programs read. */
export function blocksOf(markdown: string): readonly Block[] {
  const blocks: { readonly kind: Block["kind"]; readonly lines: string[] }[] = [];
  let fence: string | undefined;
  const add = (kind: Block["kind"], lines: readonly string[]): void => {
    const last = blocks.at(-1);
    if (last?.kind === kind) last.lines.push(...lines);
    else blocks.push({ kind, lines: [...lines] });
  };
  for (const line of markdown.split("\n")) {
    const [opening] = /^`{3,}/.exec(line) ?? [];
    if (fence === undefined && opening !== undefined) fence = opening;
    else if (fence !== undefined && line === fence) fence = undefined;
    else if (fence !== undefined) add("code", [line]);
    else add("prose", proseOf(line));
  }
  return blocks;
}

/** All lines, without two empty ones in a row. */
export function commentText(markdown: string): string[] {
  const lines = blocksOf(markdown).flatMap((block) => block.lines);
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
