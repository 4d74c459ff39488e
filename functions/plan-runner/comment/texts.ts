import type { PlanExecutionResult } from "../../messages/plan-execution.ts";
import { diffColoured } from "./diff-colours.ts";
import type { Block, Content, Failed, Planned } from "./content.ts";
import { contentOfFailure, contentOfPlan } from "./content.ts";
import { fenceable } from "./fence.ts";
import { excerpt } from "./split.ts";

/** A result that somebody should read. */
export type Told = PlanExecutionResult;

/** The end of an error's text tells more than its middle; no reader wants more than this, in UTF-16 code units. */
const MAX_ERROR_LENGTH = 20_000;
/** Of all warnings. */
const MAX_WARNINGS_LENGTH = 20_000;

/**
 * A result as a comment and a check show it.
 * @param maxLength of a plan's text that is of use to either, in UTF-16 code units; memory need not hold more of it
 */
export function contentOf(result: Told, maxLength = Infinity): Content & { readonly block: Block } {
  return result.outcome === "planned" ? ofPlan(result, maxLength) : ofFailure(result);
}

/** The whole text of a plan, as it is kept where it is too long for comments. */
export function wholeOf({ text, warnings }: Planned): string {
  return withWarnings(text, warnings);
}

function ofPlan(result: Planned, maxLength: number) {
  const clean = fenceable(result.text);
  const coloured = diffColoured(excerpt(clean, maxLength));
  const text = withWarnings(coloured, shortened(result.warnings));
  const isExcerpt = clean.length > maxLength;
  const block = { title: "Plan", language: "diff" as const, text, isExcerpt };
  return { ...contentOfPlan(result), block };
}

function ofFailure(result: Failed) {
  const error = excerpt(fenceable(result.error), MAX_ERROR_LENGTH);
  // The first runner's words, which its readers look for.
  const words = `tofu execution failed:\n${result.step}: ${error}`;
  const text = withWarnings(words, shortened(result.warnings));
  return { ...contentOfFailure(result), block: { language: "" as const, text } };
}

/** Warnings stand where OpenTofu prints them itself: at the end, which is shown of the longest text too. */
function withWarnings(text: string, warnings: string | undefined): string {
  return warnings === undefined ? text : `${text.trimEnd()}\n\n${warnings}\n`;
}

function shortened(warnings: string | undefined): string | undefined {
  return warnings === undefined ? undefined : excerpt(fenceable(warnings), MAX_WARNINGS_LENGTH);
}
