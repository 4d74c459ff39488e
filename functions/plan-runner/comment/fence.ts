import { longestRun, visible } from "./escape.ts";

const MIN_FENCE = 3;
/** A fence must be longer than what it holds, and must not fill the comment. */
const MAX_RUN = 60;
const LONG_RUN = new RegExp("`".repeat(MAX_RUN) + "(?=`)", "g");

/** Text that may stand in a fence: control characters are shown, and too many backticks side by side are parted. */
export function fenceable(text: string): string {
  const clean = visible(text);
  return clean.includes("`".repeat(MAX_RUN + 1))
    ? clean.replace(LONG_RUN, (run) => `${run}\u200b`)
    : clean;
}

/** A fence that no line of the text can close (spec.commonmark.org, Fenced code blocks). */
export function fenceFor(text: string): string {
  return "`".repeat(Math.max(MIN_FENCE, longestRun(text) + 1));
}

/** A code block. `language` may be empty. */
export function fenced(text: string, language: string, fence: string): string {
  return `${fence}${language}\n${text}${text.endsWith("\n") ? "" : "\n"}${fence}\n`;
}
