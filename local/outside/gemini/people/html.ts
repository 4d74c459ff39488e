/** The page for a browser. Everything that anybody sent goes through `escaped`; there are no scripts, and no bodies. */
import { createHash } from "node:crypto";
import type { Headers } from "../../../http/message.ts";
import type { Fault } from "../faults.ts";
import type { RecordedRequest } from "../requests.ts";

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
  ["referrer-policy", "no-referrer"],
  ["cache-control", "no-store"],
];

/** As many of each kind are shown, the newest first. */
const SHOWN = 50;

/** What was asked, and what is going to go wrong. */
export function overviewHtml(
  requests: readonly RecordedRequest[],
  faults: readonly Fault[],
): string {
  return page("Gemini", [
    table(
      "Requests",
      ["at", "path", "key in", "bytes", "answered"],
      requests
        .slice(-SHOWN)
        .reverse()
        .map(({ at, method, path, keyIn, body, status }) => [
          new Date(at).toISOString(),
          `${method} ${path}`,
          keyIn.join(", "),
          String(Buffer.byteLength(body)),
          status === undefined ? "not" : String(status),
        ]),
    ),
    table(
      "Faults on order",
      ["fault"],
      faults.slice(0, SHOWN).map((fault) => [JSON.stringify(fault).slice(0, 500)]),
    ),
  ]);
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
