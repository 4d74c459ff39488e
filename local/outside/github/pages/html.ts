/** Pages for a browser. Everything that anybody wrote goes through `escaped`; there are no scripts. */
import { createHash } from "node:crypto";
import type { Headers } from "../../../http/message.ts";
import { changesOf } from "../state/difference.ts";
import type { CheckRun, Comment, PullRequest, Repository } from "../state/model.ts";
import { commentsOf, shownChecksOf } from "../state/state.ts";
import { blocksOf, type Block } from "./comment-text.ts";
import { checkPath, newestFirst } from "./text.ts";

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d0d7de, #3d444d); --faint: light-dark(#f6f8fa, #151b23); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; }
h2 { font-size: 1rem; margin: 0; }
a { color: light-dark(#0969da, #4493f8); }
ul { padding-left: 1.25rem; }
section { border: 1px solid var(--line); border-radius: 6px; margin: 1rem 0; padding: .75rem; }
header { display: flex; flex-wrap: wrap; gap: .5rem; justify-content: space-between; align-items: baseline; }
pre { font: 13px/1.5 ui-monospace, monospace; background: var(--faint); padding: .75rem; overflow-x: auto; overflow-wrap: normal; border-radius: 6px; }
.prose { white-space: pre-wrap; margin: .5rem 0; }
.aside { color: light-dark(#59636e, #9198a1); }
.good { color: light-dark(#1a7f37, #3fb950); }
.bad { color: light-dark(#d1242f, #f85149); }
.other { color: light-dark(#9a6700, #d29922); }
textarea { box-sizing: border-box; width: 100%; font: inherit; }
button { font: inherit; padding: .25rem .75rem; }
`;

const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

/** Nothing is loaded, nothing runs, nobody frames it, and forms go nowhere else. */
export const HTML_HEADERS: Headers = [
  ["content-type", "text/html; charset=utf-8"],
  [
    "content-security-policy",
    `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  ],
  ["x-content-type-options", "nosniff"],
  ["referrer-policy", "same-origin"],
  ["cache-control", "no-store"],
];

export function repositoriesHtml(repositories: readonly Repository[]): string {
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

export function pullHtml(pull: PullRequest): string {
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

export function checkHtml(run: CheckRun): string {
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

function page(title: string, parts: readonly string[]): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><style>${STYLE}</style></head>
<body><h1>${escaped(title)}</h1>
${parts.join("\n")}
</body></html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
