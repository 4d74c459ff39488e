/** A fenced block as a reader of CommonMark finds it. */
export interface FencedBlock {
  readonly language: string;
  /** With its last line's end. */
  readonly text: string;
}

/** Reads the fenced blocks of a comment, and what stands around them (spec.commonmark.org, Fenced code blocks). */
export function readFences(body: string): { blocks: FencedBlock[]; around: string } {
  const blocks: { language: string; text: string }[] = [];
  const around: string[] = [];
  let closing: RegExp | undefined;
  for (const line of body.split(/\r\n|\r|\n/)) {
    const block = blocks.at(-1);
    if (closing !== undefined && block !== undefined) {
      if (closing.test(line)) closing = undefined;
      else block.text += `${line}\n`;
      continue;
    }
    const [, fence, language = ""] = /^ {0,3}(`{3,}|~{3,})([^`]*)$/.exec(line) ?? [];
    if (fence === undefined) {
      around.push(line);
      continue;
    }
    closing = new RegExp(`^ {0,3}${fence.charAt(0)}{${fence.length},}[ \\t]*$`);
    blocks.push({ language, text: "" });
  }
  if (closing !== undefined) throw new Error("A fence is not closed.");
  return { blocks, around: around.join("\n") };
}

/**
 * Text with its code spans taken out. `escapes` says what becomes of characters with a backslash in front, which mean
 * nothing to Markdown.
 */
export function withoutCodeSpans(text: string, escapes: "drop" | "unescape" = "drop"): string {
  return text.replace(
    /\\([!-/:-@[-`{-~])|(`+)(?!`)[^]*?[^`]\2(?!`)/g,
    (_match, escaped: string | undefined) => (escapes === "unescape" ? (escaped ?? "") : ""),
  );
}
