import type { PlanOf } from "../../messages/plan-names.ts";
import type { Block, Content } from "./content.ts";
import { codeSpan } from "./escape.ts";
import { fenceFor, fenced } from "./fence.ts";
import { markersOf } from "./markers.ts";
import { excerpt, split } from "./split.ts";

export interface Limits {
  /** Of one comment, in UTF-16 code units. What has no room for the summary, as 0, gets it all the same, and no more. */
  readonly maxCharacters: number;
  readonly maxParts: number;
}

export interface Rendered {
  /** The bodies of the comments, in order. */
  readonly parts: readonly string[];
  /** Whether the block's text is not all there. */
  readonly isCut: boolean;
}

const TITLE = "Managed Runners (OpenTofu) Plan";
/** For the line of timings, which is added once all is written. */
const TIMINGS_ROOM = 400;
/** A shorter piece of a plan tells nobody anything. */
const MIN_BLOCK_ROOM = 500;
/** Shorter blocks are open from the start. */
const OPEN_LINES = 40;
/** What stands around a block's text besides the fences. */
const WRAPPING = 200;

/**
 * Lays a comment out as the first runner did: marker, title, repository and commit, directory, text in a fence; the line of
 * timings follows as the last of the first part (plan-runner document, Summary). What has no room in the allowed number of
 * parts is cut, and where even that has none, left out.
 * @param elsewhere one line of Markdown that says where the whole text is, where it is cut
 */
export function renderComment(
  plan: PlanOf,
  content: Content,
  { maxCharacters, maxParts }: Limits,
  elsewhere = "",
): Rendered {
  const { block, lead, details } = content;
  const room = maxCharacters - TIMINGS_ROOM;
  const full = join([opening(plan, 1), lead, ...details]);
  const note = elsewhere === "" ? "This is not all of it." : `This is not all of it. ${elsewhere}`;
  const bare = join([opening(plan, 1), lead]);
  if (block === undefined) return { parts: [full.length <= room ? full : bare], isCut: false };

  const fence = fenceFor(block.text);
  const around = 2 * fence.length + WRAPPING;
  const first = room - full.length - around;
  const rest = maxCharacters - opening(plan, maxParts).length - around;
  if (first >= MIN_BLOCK_ROOM && block.isExcerpt !== true) {
    const pieces = split(block.text, first, rest, maxParts);
    if (pieces !== undefined)
      return { parts: partsOf(plan, full, block, pieces, fence), isCut: false };
  }
  const short = first - note.length;
  if (short < MIN_BLOCK_ROOM) {
    const fits = full.length + note.length + 2 <= room;
    return { parts: [join([fits ? full : bare, note])], isCut: true };
  }
  const piece = section(block, excerpt(block.text, short), fence, true, "");
  return { parts: [join([full, piece, note])], isCut: true };
}

function partsOf(
  plan: PlanOf,
  head: string,
  block: Block,
  pieces: readonly string[],
  fence: string,
): string[] {
  const count = pieces.length;
  return pieces.map((piece, index) => {
    const isOpen = count === 1 && !hasMoreLines(piece, OPEN_LINES);
    const which = count === 1 ? "" : `, part ${index + 1} of ${count}`;
    const before = index === 0 ? head : opening(plan, index + 1, which);
    return join([before, section(block, piece, fence, isOpen, which)]);
  });
}

function opening(plan: PlanOf, part: number, which = ""): string {
  const { repo, pull_request, work } = plan;
  return join([
    `${markersOf(plan, part)}\n${TITLE}${which}`,
    `${repo.full_name} @ ${pull_request.head_sha}`,
    ...(work.dir === "." ? [] : [`Dir: ${plain(work.dir)}`]),
    ...(work.workspace === "default" ? [] : [`Workspace: ${plain(work.workspace)}`]),
  ]);
}

/** Readers of the line want it bare, which it can be where nothing in it means anything to GitHub. */
function plain(path: string): string {
  return /^(?!www\.)[A-Za-z0-9]+(?:[./-][A-Za-z0-9]+)*$/i.test(path) ? path : codeSpan(path, 500);
}

/** Blank lines part the HTML from the Markdown in it (spec.commonmark.org, HTML blocks). */
function section(
  { title, language }: Block,
  text: string,
  fence: string,
  isOpen: boolean,
  which: string,
): string {
  const code = fenced(text, language, fence);
  if (title === undefined) return code;
  return `<details${isOpen ? " open" : ""}><summary>${title}${which}</summary>\n\n${code}\n</details>\n`;
}

/** Adds the line of timings to a part. */
export function withTimings(part: string, line: string): string {
  return join([part, line]);
}

function join(paragraphs: readonly string[]): string {
  return paragraphs.map((each) => (each.endsWith("\n") ? each : `${each}\n`)).join("\n");
}

function hasMoreLines(text: string, count: number): boolean {
  let at = -1;
  for (let lines = 0; lines < count; lines += 1) {
    at = text.indexOf("\n", at + 1);
    if (at === -1) return false;
  }
  return at < text.length - 1;
}
