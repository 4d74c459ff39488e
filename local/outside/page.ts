/** Pages of stand-ins for a browser. There are no scripts; what anybody sent goes through `escaped`. */
import { createHash } from "node:crypto";
import type { Headers, LocalResponse } from "../http/message.ts";

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d0d7de, #3d444d); --faint: light-dark(#f6f8fa, #151b23); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; }
h2 { font-size: 1rem; }
a { color: light-dark(#0969da, #4493f8); }
ul { padding-left: 1.25rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-top: 1px solid var(--line); padding: .25rem .5rem .25rem 0; text-align: left; vertical-align: top; }
section { border: 1px solid var(--line); border-radius: 6px; margin: 1rem 0; padding: .75rem; }
section h2 { margin: 0; }
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
const HEADERS: Headers = [
  ["content-type", "text/html; charset=utf-8"],
  [
    "content-security-policy",
    `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  ],
  ["x-content-type-options", "nosniff"],
  ["referrer-policy", "same-origin"],
  ["cache-control", "no-store"],
];

/** The answer with a page. The title is text, the parts are HTML. */
export function page(title: string, parts: readonly string[]): LocalResponse {
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><style>${STYLE}</style></head>
<body><h1>${escaped(title)}</h1>
${parts.join("\n")}
</body></html>
`;
  return { status: 200, headers: HEADERS, body: Buffer.from(html) };
}

/** A table under its heading, all of it text; without rows the heading and "None.". */
export function table(
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

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as HTML shows it, in elements and in quoted attributes. */
export function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
