/** Pages for a browser. */
import type { LocalResponse } from "../../../http/message.ts";
import { escaped, page } from "../../page.ts";
import { changesOf } from "../state/difference.ts";
import type { CheckRun, Comment, PullRequest, Repository } from "../state/model.ts";
import { commentsOf, shownChecksOf } from "../state/state.ts";
import { blocksOf, type Block } from "./comment-text.ts";
import { checkPath, newestFirst } from "./text.ts";

export function repositoriesHtml(repositories: readonly Repository[]): LocalResponse {
  return page(
    "Repositories",
    repositories.map(({ fullName, pulls }) => {
      const items = newestFirst(pulls).map(
        (pull) =>
          `<li><a href="${escaped(pathOf(pull))}">#${pull.number} ${escaped(pull.title)}</a> <span class="aside">${pull.state}, ${escaped(pull.headRef)}</span></li>`,
      );
      const list =
        items.length === 0 ? "<p>No pull request yet.</p>" : `<ul>${items.join("")}</ul>`;
      return `<section><h2>${escaped(fullName)}</h2>${list}</section>`;
    }),
  );
}

export function pullHtml(pull: PullRequest): LocalResponse {
  const { repository, number, title, state, headRef, baseRef, headSha, draft } = pull;
  const about = `${draft ? "draft, " : ""}${state}, ${headRef} → ${baseRef}, ${headSha.slice(0, 7)}`;
  const changes = changesOf(pull).map(
    ({ filename, status, additions, deletions }) =>
      `<li>${escaped(filename)} <span class="aside">${status}</span> <span class="good">+${additions}</span> <span class="bad">-${deletions}</span></li>`,
  );
  return page(`${title} #${number}`, [
    `<p class="aside"><a href="/">Repositories</a> / ${escaped(repository.fullName)}: ${escaped(about)}</p>`,
    `<ul>${changes.join("")}</ul>`,
    ...shownChecksOf(pull).map((run) => checkSection(run, repository)),
    ...commentsOf(pull).map(commentHtml),
    `<form method="post" action="${escaped(pathOf(pull))}/comments"><p><textarea name="body" rows="3" required aria-label="Comment"></textarea></p><button>Comment</button></form>`,
  ]);
}

export function checkHtml(run: CheckRun): LocalResponse {
  const { summary, text, title } = run.output;
  return page(`Check ${run.name}`, [
    `<p><a href="/">Repositories</a>: ${endingHtml(run)} ${escaped(title ?? "")}</p>`,
    ...[summary, text].map((part) => bodyHtml(part ?? "")),
  ]);
}

export function pathOf({ repository, number }: PullRequest): string {
  return `/${repository.fullName}/pull/${number}`;
}

function checkSection(run: CheckRun, repository: Repository): string {
  const { id, name, output } = run;
  const rerun = `<form method="post" action="/${escaped(repository.fullName)}/check-runs/${id}/rerequest"><button>Re-run</button></form>`;
  const link = `<a href="${escaped(checkPath(run, repository))}">Check ${escaped(name)}</a>`;
  const title = output.title === null ? "" : `<p>${escaped(output.title)}</p>`;
  return `<section><header><h2>${link}: ${endingHtml(run)}</h2>${rerun}</header>${title}</section>`;
}

function endingHtml({ conclusion, status }: CheckRun): string {
  return `<span class="${toneOf(conclusion)}">${escaped(conclusion ?? status)}</span>`;
}

function toneOf(conclusion: string | null): string {
  if (conclusion === "success") return "good";
  return conclusion === "failure" ? "bad" : "other";
}

function commentHtml({ user, body, id }: Comment): string {
  return `<section id="issuecomment-${id}"><h2>${escaped(user.login)}</h2>${bodyHtml(body)}</section>`;
}

function bodyHtml(markdown: string): string {
  return blocksOf(markdown).map(blockHtml).join("");
}

function blockHtml({ kind, lines }: Block): string {
  if (kind === "code") return `<pre tabindex="0">${lines.map(codeLine).join("\n")}</pre>`;
  const text = lines.join("\n").trim();
  return text === "" ? "" : `<div class="prose">${escaped(text)}</div>`;
}

/** As GitHub colours a `diff`. */
function codeLine(line: string): string {
  const tone = { "+": "good", "-": "bad", "!": "other" }[line.charAt(0)];
  return tone === undefined ? escaped(line) : `<span class="${tone}">${escaped(line)}</span>`;
}
