/** Foreign text in Markdown: shown as it is, never obeyed. Pure. */

// GitHub turns these into mentions, references and links wherever it finds them in text.
const AUTOLINKS = /[@#]|:(?=\/\/)|www(?=\\\.)|gh(?=\\-)/gi;
const PUNCTUATION = /[\\`*_{}[\]()<>#+.!|~&$^"'=:-]/g;
/** Takes no room and parts what must not be read as one. */
const NOTHING = "\u200b";

/**
 * A code span that its text cannot leave (spec.commonmark.org, Code spans).
 * @param maxLength of the text, in UTF-16 code units; a longer one is cut
 */
export function codeSpan(text: string, maxLength = 300): string {
  const line = cut(visible(text).replace(/\s+/g, " "), maxLength);
  // A code span cannot be empty.
  if (line.trim() === "") return "` `";
  const delimiter = "`".repeat(longestRun(line) + 1);
  const padding = /^[` ]|[` ]$/.test(line) ? " " : "";
  return `${delimiter}${padding}${line}${padding}${delimiter}`;
}

/**
 * A sentence as text without any Markdown of its own but code spans; nobody is mentioned, nothing is linked.
 * @param maxLength of the text, in UTF-16 code units; a longer one is cut
 */
export function prose(text: string, maxLength = 1_000): string {
  const line = cut(visible(text).replace(/\s+/g, " ").trim(), maxLength);
  return line
    .split(/((?<!`)`[^`]+`(?!`))/)
    .map((piece, index) => (index % 2 === 1 ? codeSpan(piece.slice(1, -1)) : literal(piece)))
    .join("");
}

/** The text without characters that are not seen, or that change how others are shown. */
export function visible(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are the characters to keep out
  const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;
  return text.toWellFormed().replaceAll("\r\n", "\n").replace(hidden, "\ufffd");
}

/** How many backticks stand side by side at most. */
export function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}

/** The first so many code units, never half a character. */
export function cut(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${text.slice(0, wholeEnd(text, maxLength - 1))}…`;
}

/** The same place, or the one before it where a surrogate pair would be parted. */
export function wholeEnd(text: string, end: number): number {
  const code = text.charCodeAt(end - 1);
  return end < text.length && code >= 0xd800 && code <= 0xdbff ? end - 1 : end;
}

function literal(text: string): string {
  return text.replace(PUNCTUATION, "\\$&").replace(AUTOLINKS, `$&${NOTHING}`);
}
