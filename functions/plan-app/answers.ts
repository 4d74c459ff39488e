import type { ConfigProblem } from "./config.ts";
import { CONFIG_FILE } from "./config.ts";
import type { CheckState } from "./ports.ts";

// What checks say to the people of a repository. Markdown.

/** The name of the check that speaks for the whole pull request. */
export const WHOLE_CHECK = "plan";

export const QUEUED: CheckState = {
  status: "queued",
  title: "Waiting for a runner",
  summary: "The plan is queued.",
};

export const NOT_QUEUED: CheckState = {
  status: "completed",
  conclusion: "cancelled",
  title: "Not queued",
  summary:
    "The plan could not be queued. Re-run this check, or comment `/plan`, to ask for it again.",
};

/** Takes back what the whole pull request was once told, where its directories have checks of their own by now. */
export const SUPERSEDED: CheckState = {
  status: "completed",
  conclusion: "neutral",
  title: "See the checks of the directories",
  summary: "What stood here no longer holds.",
};

export function invalidConfig({ message, line }: ConfigProblem): CheckState {
  const where = line === undefined ? "" : `Line ${line.number}:\n\n${fenced(line.text)}\n\n`;
  return failure(
    `${CONFIG_FILE} cannot be used`,
    `${where}${message}\n\nThe file is read from the base branch. When it is repaired there, re-run this check.`,
  );
}

/** `label`: the one that lets it be planned; undefined where nothing does. */
export function forkRefused(label: string | undefined): CheckState {
  if (label === undefined) {
    return {
      status: "completed",
      conclusion: "neutral",
      title: "Forks are not planned",
      summary: `\`forks\` is false in ${CONFIG_FILE}, so nothing of this pull request is run.`,
    };
  }
  return {
    status: "completed",
    conclusion: "action_required",
    title: "A maintainer must let this fork be planned",
    summary:
      "A plan runs what the pull request says, with the access of this repository's plans. Read the changes, then add " +
      `the label ${inCode(label)}: whoever may write to this repository can. It holds for this commit only; ` +
      "after another push, remove the label and add it again.",
  };
}

export function noSuchDirectory(dir: string): CheckState {
  return {
    status: "completed",
    conclusion: "neutral",
    title: "There is no such directory",
    summary:
      `${inCode(dir)} holds no OpenTofu files at this commit, or is not among the \`directories\` ` +
      `of ${CONFIG_FILE} on the base branch.`,
  };
}

export function tooManyPlans(found: number, most: number): CheckState {
  return failure(
    `${found} plans are too many for one pull request`,
    `At most ${most} are run at once. List what is to be planned under \`directories\` in ${CONFIG_FILE} on the ` +
      "base branch, split the pull request, or comment `/plan DIRECTORY` for a single one.",
  );
}

export const TOO_LARGE: CheckState = failure(
  "This pull request is too large to find its directories",
  "GitHub does not list all files of its commit. List what is to be planned under `directories` in " +
    `${CONFIG_FILE} on the base branch, each by its own name; where it has none, \`/plan DIRECTORY\` plans a single one.`,
);

function failure(title: string, summary: string): CheckState {
  return { status: "completed", conclusion: "failure", title, summary };
}

/** A fence is longer than any run of backticks within. */
function fenced(text: string): string {
  const fence = "`".repeat(longestRun(text) + 3);
  return `${fence}\n${text}\n${fence}`;
}

function inCode(text: string): string {
  const ticks = "`".repeat(longestRun(text) + 1);
  return `${ticks}${ticks.length > 1 ? ` ${text} ` : text}${ticks}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
