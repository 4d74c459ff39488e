/** Pages as plain text, for a terminal. */
import { changesOf } from "../state/difference.ts";
import type { CheckRun, Comment, PullRequest, Repository } from "../state/model.ts";
import { commentsOf, shownChecksOf } from "../state/state.ts";
import { commentText } from "./comment-text.ts";

/** Repositories with their pull requests, newest first. */
export function repositoriesText(repositories: readonly Repository[]): string {
  return repositories
    .map(({ fullName, pulls }) => [fullName, ...newestFirst(pulls).map(lineOf)].join("\n"))
    .join("\n\n");
}

export function pullText(pull: PullRequest): string {
  const { repository, headRef, baseRef, headSha, state, title, number } = pull;
  const checks = shownChecksOf(pull);
  return [
    `${repository.fullName}#${number}: ${title}`,
    `${pull.draft ? "draft, " : ""}${state}, ${headRef} → ${baseRef}, ${headSha}`,
    "",
    ...changesOf(pull).map((change) => {
      const { status, filename, additions, deletions } = change;
      return `  ${status.padEnd(8)}  ${filename}  +${additions} -${deletions}`;
    }),
    ...(checks.length === 0 ? [] : [""]),
    ...checks.map((run) => `${checkLine(run)} (${checkPath(run, repository)})`),
    ...commentsOf(pull).flatMap((comment) => ["", ...commentLines(comment)]),
  ]
    .map(printable)
    .join("\n");
}

export function checkText(run: CheckRun): string {
  const { summary, text } = run.output;
  const lines = [summary, text].flatMap((part) => ["", ...commentText(part ?? "")]);
  return [checkLine(run), ...lines].map(printable).join("\n");
}

export function checkPath({ id }: CheckRun, { fullName }: Repository): string {
  return `/${fullName}/runs/${id}`;
}

export function newestFirst<T>(things: ReadonlyMap<number, T>): readonly T[] {
  return [...things.values()].reverse();
}

function lineOf({ number, title, state, headRef }: PullRequest): string {
  return printable(`  #${number}  ${state}  ${title}  (${headRef})`);
}

function checkLine({ name, conclusion, status, output: { title } }: CheckRun): string {
  return `check ${name}: ${conclusion ?? status}${title === null ? "" : `, ${title}`}`;
}

function commentLines({ user, body }: Comment): readonly string[] {
  return [`${user.login} wrote:`, ...commentText(body).map(indented)];
}

function indented(line: string): string {
  return line === "" ? "" : `  ${line}`;
}

/** What somebody else wrote must not speak to the terminal: without control characters, tabs apart. */
export function printable(line: string): string {
  return line.replaceAll(/(?!\t)\p{Cc}/gu, "�");
}
