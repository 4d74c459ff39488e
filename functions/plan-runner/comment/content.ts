import type { PlanExecutionResult, PlanSummary } from "../../messages/plan-execution.ts";
import type { PlanRequest } from "../../messages/plan-request.ts";
import { codeSpan, prose } from "./escape.ts";
import { summaryLine } from "./summary.ts";

/** A text that stands in a fence. */
export interface Block {
  /** Of the section that can be folded; without it the text is never folded. */
  readonly title?: string;
  readonly language: "diff" | "";
  readonly text: string;
  /** Whether the text is an excerpt already. Default no. */
  readonly isExcerpt?: boolean;
}

/** What a comment says below its title, all of it safe Markdown but the block's text. */
export interface Content {
  /** One paragraph. */
  readonly lead: string;
  /** Paragraphs that may be left out where there is no room for them. */
  readonly details: readonly string[];
  readonly block?: Block;
}

export type Planned = Extract<PlanExecutionResult, { outcome: "planned" }>;
export type Failed = Extract<PlanExecutionResult, { outcome: "failed" }>;

const MAX_DESTROYS = 20;
const MAX_VIOLATIONS = 10;
const MAX_FAILURES = 10;

export function contentOfPlan({ summary, omitted_bytes: omitted }: Planned): Content {
  const note = `${omitted} bytes in the middle of this plan were left out: it is too large to be kept.`;
  return {
    lead: summaryLine(summary),
    details: [
      ...warningOf(summary),
      ...violationsOf(summary.violations),
      ...failuresOf(summary),
      ...(omitted > 0 ? [note] : []),
    ],
  };
}

export function contentOfFailure({ step, hint }: Failed): Content {
  const lead =
    step === "timeout"
      ? "**The plan took too long and was stopped.**"
      : `**The plan failed** at ${codeSpan(step, 60)}.`;
  return { lead, details: hint === undefined ? [] : [prose(hint)] };
}

/** @param tries undefined where they were not counted */
export function contentOfGivingUp(
  { request_id, pull_request }: Pick<PlanRequest, "request_id" | "pull_request">,
  tries: number | undefined,
): Content {
  const count = tries === undefined ? "many tries" : `${tries} tries`;
  const query = `jsonPayload.request_id=${JSON.stringify(request_id)} OR jsonPayload.sha="${pull_request.head_sha}"`;
  return {
    lead: `**Gave up after ${count}.** Something that this plan depends on did not answer.`,
    details: [
      `Whoever runs this service finds the reason in Cloud Logging by ${codeSpan(query, 500)}. An instance that ends each time has most likely used up its memory (${codeSpan("planMemory", 40)}).`,
      "To try again, comment `/plan` here or use the check's Re-run button.",
    ],
  };
}

/** @param reason names the field */
export function contentOfBadRequest(reason: string): Content {
  return {
    lead: "**Not planned:** the request for a plan of this pull request could not be read.",
    details: [
      `${prose(reason)}.`,
      "It will not be tried again. The message did not come from this service's own App, or the two are of different versions.",
    ],
  };
}

function warningOf({ destroys, destroy, replace }: PlanSummary): string[] {
  if (destroy === 0) return [];
  const shown = destroys.slice(0, MAX_DESTROYS).map(({ address, action }) => {
    return `> - ${codeSpan(address)}${action === "replace" ? " (replaced)" : ""}`;
  });
  const more = destroy - shown.length;
  const count = `${destroy} ${destroy === 1 ? "resource is" : "resources are"}`;
  const what =
    replace === 0 ? "destroyed" : replace === destroy ? "replaced" : "destroyed or replaced";
  const rest = more > 0 ? [`> - and ${more} more`] : [];
  return [["> [!WARNING]", `> ${count} ${what}:`, "> ", ...shown, ...rest].join("\n")];
}

function failuresOf({ failed_checks: failed, failures }: PlanSummary): string[] {
  if (failed === 0) return [];
  const shown = failures.slice(0, MAX_FAILURES).map(({ address, problems }) => {
    const why = problems.map((each) => prose(each, 300)).join(" ");
    return `> - ${codeSpan(address)}${why === "" ? "" : `: ${why}`}`;
  });
  const more = failed - shown.length;
  const rest = more > 0 ? [`> - and ${more} more`] : [];
  const heading = `> ${failed} ${failed === 1 ? "check" : "checks"} failed:`;
  return [["> [!WARNING]", heading, "> ", ...shown, ...rest].join("\n")];
}

function violationsOf(violations: readonly string[]): string[] {
  if (violations.length === 0) return [];
  const shown = violations.slice(0, MAX_VIOLATIONS).map((each) => `> - ${prose(each, 300)}`);
  const more = violations.length - shown.length;
  const rest = more > 0 ? [`> - and ${more} more`] : [];
  const heading = "> This repository's own rules are against it:";
  return [["> [!CAUTION]", heading, "> ", ...shown, ...rest].join("\n")];
}
