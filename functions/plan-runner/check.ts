import type { Block, Content } from "./comment/content.ts";
import { cut, prose } from "./comment/escape.ts";
import { fenceFor, fenced } from "./comment/fence.ts";
import { excerpt } from "./comment/split.ts";
import { summaryTitle } from "./comment/summary.ts";
import type { Told } from "./comment/texts.ts";
import type { CheckState } from "./ports.ts";
import type { Result } from "./results.ts";

/** Of a check's text, in UTF-8: what docs.github.com/rest/checks/runs calls characters (github.com/github/docs/issues/35252). */
const MAX_TEXT_BYTES = 65_535;
const MAX_TITLE_CHARACTERS = 200;

export const RUNNING: CheckState = {
  status: "in_progress",
  title: "Planning",
  summary: "OpenTofu is planning this commit. The result will be a comment on the pull request.",
};

/**
 * What the check says of a result.
 * @param content what the comment says
 * @param detailsUrl the comment's page; undefined where GitHub refused it
 */
export function checkOfResult(
  result: Told,
  content: Content & { readonly block: Block },
  detailsUrl: string | undefined,
): CheckState {
  const { block, lead, details } = content;
  const where =
    detailsUrl === undefined
      ? "GitHub refused the comment that would be on the pull request."
      : linkTo(detailsUrl);
  return {
    status: "completed",
    conclusion: conclusionOf(result),
    title: cut(titleOf(result), MAX_TITLE_CHARACTERS),
    summary: [lead, ...details, where].join("\n\n"),
    text: textOf(block),
    detailsUrl,
  };
}

/** What the check says when nothing more will be tried. */
export function checkOfGivingUp(
  { lead, details }: Content,
  detailsUrl: string | undefined,
): CheckState {
  return {
    status: "completed",
    conclusion: "failure",
    title: "Gave up",
    summary: [lead, ...details].join("\n\n"),
    detailsUrl,
  };
}

/** What the check says where GitHub refused what had to be done for the plan. */
export function checkOfRefusal(reason: string): CheckState {
  return {
    status: "completed",
    conclusion: "failure",
    title: "GitHub refused",
    summary: `The plan could not be made or shown: ${prose(reason)}`,
  };
}

/** What a check says that was asked for once more after its plan was finished. */
export function checkOfRepetition({ conclusion, comment_url: url }: Result): CheckState {
  const where = url === undefined ? [] : [linkTo(url)];
  return {
    status: "completed",
    conclusion,
    title: "Planned before",
    summary: ["This commit has been planned already.", ...where].join(" "),
    detailsUrl: url,
  };
}

function linkTo(comment: string): string {
  return `[The comment on the pull request](${comment})`;
}

function textOf({ text, language }: Block): string {
  const fence = fenceFor(text);
  let room = MAX_TEXT_BYTES - 2 * fence.length - 20;
  for (;;) {
    const shown = fenced(excerpt(text, room), language, fence);
    const bytes = Buffer.byteLength(shown);
    if (bytes <= MAX_TEXT_BYTES) return shown;
    // As much less as it is too long, on the assumption that all of it is alike.
    room = Math.floor((room * MAX_TEXT_BYTES) / bytes);
  }
}

/** How a result is told in one word. */
export function conclusionOf(result: Told): "success" | "failure" | "timed_out" {
  if (result.outcome === "failed") return result.step === "timeout" ? "timed_out" : "failure";
  return result.summary.violations.length === 0 ? "success" : "failure";
}

function titleOf(result: Told): string {
  if (result.outcome === "failed") {
    return result.step === "timeout" ? "Stopped: took too long" : `Failed at ${result.step}`;
  }
  const counts = summaryTitle(result.summary);
  return result.summary.violations.length === 0 ? counts : `Against the rules: ${counts}`;
}
