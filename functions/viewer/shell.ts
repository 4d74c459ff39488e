/**
 * The shell of every page, and where to find the rest of the design language.
 *
 * A page is `showPage(c, shell({...}))` (page.ts): markup by `html` of `hono/html`, which escapes whatever is put into it.
 * No style attributes and no inline scripts: the Content-Security-Policy allows neither. All of the look is in
 * assets/viewer.css (tokens first: colours, type, space), all of the behaviour in assets/viewer.js.
 *
 * components/
 *   section.ts   `section` a numbered part of a report with its heading in the rail; `subsection`
 *   hero.ts      `hero` kicker, title, standfirst and facts at the top of a page
 *   facts.ts     `facts` terms and values; `figures` a row of large numbers
 *   badge.ts     `badge` a state in a word, by tone; `statusBadge` of a run
 *   card.ts      `card`, `cards` a grid of them
 *   table.ts     `table` columns and rows, numbers aligned; scrolls inside itself
 *   chart.ts     `chartFrame` a chart for wide and narrow screens with its title, its note and its table
 *   heat.ts      `heatOf` the class of a cell by its score, `heatLegend`
 *   timeline.ts  `timeline` steps with their states, durations and errors
 *   notice.ts    `notice` a sentence or two that matter, by tone; `emptyState`
 *   actions.ts   `askButton` a request to the API by a button; `keyNote` what to do without a key
 *   list.ts      `bullets`, `chips`
 *   rows.ts      `rows` many things to open, each with its state; `pager` from page to page of them
 *   field.ts     `field` a labelled input with its hint, and room for what is wrong with it
 *   versus.ts    `versus` two sides of the same terms; `side` the letter of one
 * charts/plot.ts `plot` inline SVG by Observable Plot, loaded at first use
 * picture.ts     `png` a picture of rectangles, for link previews
 * format.ts      `duration`, `number`, `counted`, `day`, `clock`, `moment`
 * html.ts        `phrase` for somebody else's words inside a line, `outsideLink`
 *
 * What assets/viewer.js does for markup that asks for it by attributes:
 *   data-ask="POST /path"        button or form: sends it with the tab's key (a form's fields as JSON; `data-type="number"`,
 *                                `"boolean"` or `"lines"` on a field converts), then
 *     data-then="/runs/{run_id}"   goes there, with members of the answer filled in; "reload" shows the page anew
 *     data-answer="#id"            or puts the answer's `data-member` (default `answer`) into that element as text
 *     data-confirm="Sentence?"     asks first
 *   data-keyed                   shown only while the tab has a key; data-unkeyed: only while it has none
 *   data-open-key                opens the key dialog
 *   a[data-keyed-href]           a file of a run that is not public: fetched with the key, then saved
 *   img[data-keyed-src]          such a picture
 *   data-part="/path"            an element whose content comes from there, with the key, once it is on the page
 *   main[data-live="3"]          the page is asked for anew every 3 s, and what changed is replaced by id, while that stands
 *                                there. Not by a stream: an open answer keeps an instance busy, which is paid for, while
 *                                most of these are a 304
 *   main[data-locked]            what a caller without a key gets; with one, the page is asked for again
 *   data-copy="text"             puts it on the clipboard
 * While there is a key in memory only, links and forms of GET to other pages of the service bring them here, and going back
 * does. Scripts of a page find the same in `globalThis.viewer`: `ask(method, path, body)`, which takes a FormData too and whose
 * errors have what the API says in `detail`; `go(path)`, `say(sentence)`, `hasKey()`. They listen on the document, since the
 * page that they are for may come later.
 *
 * Keys never stand in an address or in a page: they are kept in the memory of the tab, or in its session storage where the
 * reader says so, and go out in a header. A page that needs one is first answered without (a locked page, status 404), and
 * then asked for once more at the same address by the script; what is the same in its answer stays as it is, a form that is
 * being filled in too.
 */
import { html } from "hono/html";
import type { Asset } from "./assets.ts";
import { VIEWER } from "./files.ts";
import { nothing, type Html } from "./html.ts";

export interface Shell {
  /** Of the page alone; the product's name is added. */
  readonly title: string;
  /** One or two sentences, for search engines and link previews. */
  readonly description: string;
  readonly product: Product;
  /** Where this page is: `/runs/r1`. */
  readonly path: string;
  /** `https://host`, for link previews, which take no relative addresses. Undefined: there is no preview picture. */
  readonly origin?: string | undefined;
  /** A picture for link previews, 1200 × 630, with what it shows in words. */
  readonly image?: { readonly path: string; readonly alt: string } | undefined;
  /** False where nobody should find the page by a search engine. Default: true. */
  readonly isIndexed?: boolean;
  /** Further scripts of this page, loaded after the viewer's own. */
  readonly scripts?: readonly Asset[];
  /** Asks for the page anew so often while it stands, in seconds. Default: never. */
  readonly liveSeconds?: number | undefined;
  /** True for the page of a caller without a key who would see more with one. */
  readonly isLocked?: boolean;
  readonly main: Html | readonly Html[];
}

/** Whose pages these are: the same on all pages of a system. */
export interface Product {
  readonly name: string;
  /** The look of all its pages: `styleSheet`. */
  readonly css: Asset;
  readonly home: string;
  readonly links: readonly { readonly href: string; readonly text: string }[];
  /** The last line of every page. */
  readonly colophon: string;
  /** Says what a key is for, in the key dialog. */
  readonly keyHint: string;
  /** The header that carries a key, and what its field is called. The first is what data-keyed looks at. */
  readonly keys: readonly KeyField[];
}

export interface KeyField {
  /** `x-api-key` */
  readonly header: string;
  readonly label: string;
  readonly hint: string;
}

/** A whole page. */
export function shell(page: Shell): Html {
  const { title, product, path, scripts = [], liveSeconds, isLocked = false } = page;
  return html`<html lang="en" class="no-js">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>${title} · ${product.name}</title>
      ${previews(page)}
      <meta name="color-scheme" content="light dark" />
      <link rel="icon" type="image/svg+xml" href="${VIEWER.icon.href}" />
      <script src="${VIEWER.theme.href}"></script>
      <link rel="stylesheet" href="${product.css.href}" />
      ${[VIEWER.script, ...scripts].map(({ href }) => html`<script src="${href}" defer></script>`)}
    </head>
    <body>
      <a class="skip" href="#main">Skip to the content</a>
      ${masthead(product, path)}
      <main
        id="main"
        tabindex="-1"
        ${liveSeconds === undefined ? nothing : html`data-live="${liveSeconds}"`}
        ${isLocked ? html`data-locked` : nothing}
      >
        ${page.main}
      </main>
      <footer class="colophon">
        <p>${product.colophon}</p>
      </footer>
      ${keyDialog(product)}
      <div id="toast" class="toast" role="status" aria-live="polite"></div>
    </body>
  </html>`;
}

function previews({ title, description, product, path, origin, image, isIndexed = true }: Shell) {
  const picture =
    origin !== undefined && image !== undefined
      ? html`<meta property="og:image" content="${origin}${image.path}" />
          <meta property="og:image:alt" content="${image.alt}" />
          <meta property="og:image:width" content="1200" />
          <meta property="og:image:height" content="630" />
          <meta name="twitter:card" content="summary_large_image" />`
      : html`<meta name="twitter:card" content="summary" />`;
  return html`<meta name="description" content="${description}" />
    <meta property="og:type" content="article" />
    <meta property="og:site_name" content="${product.name}" />
    <meta property="og:title" content="${title}" />
    <meta property="og:description" content="${description}" />
    ${origin === undefined ? nothing : html`<meta property="og:url" content="${origin}${path}" />`}
    ${picture} ${isIndexed ? nothing : html`<meta name="robots" content="noindex" />`}`;
}

function masthead({ name, home, links }: Product, path: string): Html {
  return html`<header class="masthead">
    <a class="brand" href="${home}">
      <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true">
        <path class="pale" d="M3 3h12v12H3z" />
        <path d="M17 3h12v12H17z" />
        <path class="pale" d="M17 17h12v12H17z" />
        <path class="pale" d="M3 17h12v12H3z" />
      </svg>
      ${name}
    </a>
    <nav aria-label="Pages">
      ${links.map(
        ({ href, text }) =>
          html`<a href="${href}" ${href === path ? html`aria-current="page"` : nothing}
            >${text}</a
          >`,
      )}
    </nav>
    <div class="tools">
      <button type="button" class="tool" data-open-key>
        <span data-unkeyed>Enter key</span><span data-keyed hidden>Key set</span>
      </button>
      <button type="button" class="tool" data-theme-switch aria-label="Light or dark">
        <svg viewBox="0 0 20 20" aria-hidden="true">
          <circle cx="10" cy="10" r="7.25" fill="none" stroke="currentColor" stroke-width="1.5" />
          <path d="M10 2.75a7.25 7.25 0 0 1 0 14.5z" fill="currentColor" />
        </svg>
      </button>
    </div>
  </header>`;
}

function keyDialog({ keys, keyHint }: Product): Html {
  return html`<dialog id="key-dialog" aria-labelledby="key-title">
    <form method="dialog" class="form" data-key-form>
      <h2 id="key-title">Your key</h2>
      <p>${keyHint}</p>
      ${keys.map(
        ({ header, label, hint }) =>
          html`<div class="field">
            <label for="key-${header}">${label}</label>
            <input
              id="key-${header}"
              name="${header}"
              type="password"
              autocomplete="off"
              spellcheck="false"
              maxlength="1000"
              aria-describedby="hint-${header}"
            />
            <p class="hint" id="hint-${header}">${hint}</p>
          </div>`,
      )}
      <label class="check">
        <input type="checkbox" name="keep" />
        Keep it until this tab is closed. Otherwise it is gone when the page is.
      </label>
      <p class="hint">
        It stays in this tab and goes to this service only, in a header: never into an address.
      </p>
      <p class="buttons">
        <button type="submit" value="save" class="button primary">Use this key</button>
        <button type="submit" value="forget" class="button" data-keyed hidden>Forget it</button>
        <button type="submit" value="cancel" class="button quiet" formnovalidate>Cancel</button>
      </p>
    </form>
  </dialog>`;
}
