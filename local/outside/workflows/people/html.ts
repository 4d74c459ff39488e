/** The page for a browser. Everything that anybody sent goes through `escaped`; there are no scripts. */
import { createHash } from "node:crypto";
import type { Headers } from "../../../http/message.ts";
import type { Cursor } from "../model.ts";
import type { World } from "../route.ts";
import type { Space } from "../state.ts";

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d0d7de, #3d444d); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; }
h2 { font-size: 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-top: 1px solid var(--line); padding: .25rem .5rem .25rem 0; text-align: left; vertical-align: top; }
.aside { color: light-dark(#59636e, #9198a1); }
`;

const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

/** Nothing is loaded, nothing runs, nobody frames it. */
export const HTML_HEADERS: Headers = [
  ["content-type", "text/html; charset=utf-8"],
  [
    "content-security-policy",
    `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  ],
  ["x-content-type-options", "nosniff"],
  ["referrer-policy", "same-origin"],
  ["cache-control", "no-store"],
];

/** As many of each kind are shown, the newest first. */
const SHOWN = 20;
/** Characters of a result. */
const SHOWN_OF_RESULT = 500;

/** What is going on. */
export function overviewHtml({ clock, state, streams, records, faults }: World): string {
  const now = clock.now();
  return page("Workflows", [
    table(
      "Open streams",
      ["project", "workspace", "for", "events", "last event"],
      streams.all
        .slice(-SHOWN)
        .map((stream) => [
          nameOf(stream.space),
          stream.workspaceId ?? "none: it gets no event",
          `${Math.round((now - stream.openedAt) / 1000)} s`,
          String(stream.sent),
          stream.lastId ?? "",
        ]),
    ),
    table(
      "Projects",
      ["project", "lock", "cursor"],
      state.spaces
        .slice(-SHOWN)
        .map((space) => [
          nameOf(space),
          lockText(space, now),
          cursorText(space.cursors.get("project")),
        ]),
    ),
    table(
      "Callbacks",
      ["at", "project", "callback", "answered", "result"],
      records.callbacks
        .newest(SHOWN)
        .map((each) => [
          timeText(each.at),
          nameOf(each),
          each.id,
          String(each.status),
          JSON.stringify(each.body).slice(0, SHOWN_OF_RESULT),
        ]),
    ),
    table(
      "Events",
      ["at", "project", "event", "type", "tool"],
      records.events
        .newest(SHOWN)
        .map((each) => [timeText(each.at), nameOf(each), each.id, each.type, each.tool ?? ""]),
    ),
    table(
      "Faults on order",
      ["fault"],
      faults.ordered.slice(0, SHOWN).map((fault) => [JSON.stringify(fault)]),
    ),
  ]);
}

function nameOf({ user, project }: { readonly user: string; readonly project: string }): string {
  return `${user}/${project}`;
}

function lockText({ lock }: Space, now: number): string {
  if (lock === undefined || lock.expiresAt <= now) return "free";
  return `${lock.consumerId}, ${Math.round((lock.expiresAt - now) / 1000)} s left`;
}

function cursorText(cursor: Cursor | undefined): string {
  return cursor === undefined ? "none" : `${cursor.eventId} (${cursor.timestamp})`;
}

function timeText(at: number): string {
  return new Date(at).toISOString();
}

function table(
  title: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const heading = `<h2>${escaped(title)}</h2>`;
  if (rows.length === 0) return `${heading}<p class="aside">None.</p>`;
  const lines = [
    `<tr>${heads.map((head) => `<th>${escaped(head)}</th>`).join("")}</tr>`,
    ...rows.map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`),
  ];
  return `${heading}<table>${lines.join("\n")}</table>`;
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
