/** Sites with something to read. */
import { articleOn, GRID_STORAGE, htmlOf, plainOf, SHIPPING_LANES } from "../articles.ts";
import { pdfOf } from "../pdf.ts";
import { failed, found, HTML, page, redirect, TEXT, type Page } from "../site.ts";

/** news.example.com */
export const NEWS: readonly Page[] = [
  page("/", () =>
    found(
      HTML,
      `<!doctype html><title>The Example</title><h1>The Example</h1><ul>
<li><a href="/articles/grid-storage">${GRID_STORAGE.title}</a>
<li><a href="/articles/shipping-lanes">${SHIPPING_LANES.title}</a>
<li><a href="/private/report">For subscribers</a></ul>\n`,
    ),
  ),
  page("/articles/grid-storage", () => found(HTML, htmlOf(GRID_STORAGE))),
  page("/articles/shipping-lanes", () => found(HTML, htmlOf(SHIPPING_LANES))),
  page("/private/report", () => found(HTML, htmlOf(articleOn("a private report")))),
  page("/robots.txt", () => found(TEXT, "User-agent: *\nDisallow: /private/\nCrawl-delay: 1\n")),
];

/** papers.example.org: the same in other types. */
export const PAPERS: readonly Page[] = [
  page("/report.pdf", () => found("application/pdf", pdfOf(GRID_STORAGE))),
  page("/report.txt", () => found(TEXT, plainOf(GRID_STORAGE))),
  page("/report.md", () => found("text/markdown", `# ${plainOf(GRID_STORAGE)}`)),
  page("/report.html", () => found(HTML, htmlOf(GRID_STORAGE))),
  page("/report.json", () => found("application/json", JSON.stringify(GRID_STORAGE))),
  page("/prices.csv", () => found("text/csv; charset=utf-8", "year,price\n2023,139\n2026,84\n")),
  page("/feed.xml", () =>
    found(
      "application/rss+xml",
      `<?xml version="1.0"?><rss version="2.0"><channel><title>Papers</title><item><title>${GRID_STORAGE.title}</title><link>https://papers.example.org/report.html</link></item></channel></rss>\n`,
    ),
  ),
  page("/latin1.html", () =>
    found(
      "text/html; charset=iso-8859-1",
      // Which has neither € nor “.
      Buffer.from(htmlOf(SHIPPING_LANES, "iso-8859-1").replaceAll("€", "EUR"), "latin1"),
    ),
  ),
  page("/xhtml", () => found("application/xhtml+xml", htmlOf(SHIPPING_LANES))),
  page("/robots.txt", () => found(TEXT, "User-agent: *\nDisallow: /\n")),
];

/** example.com: an article at any path, about what the path says; 404 below `/missing`. */
export const ANY: readonly Page[] = [
  page("/robots.txt", () => found(TEXT, "User-agent: *\nAllow: /\n")),
  page("/missing[/{name*}]", () => failed(404, "Not found")),
  page("/[{name*}]", ({ param }) => found(HTML, htmlOf(articleOn(param("name"))))),
];

/** vertexaisearch.cloud.google.com: where the sources of a search lead. */
export const SEARCH: readonly Page[] = [
  ["grid-storage", "https://news.example.com/articles/grid-storage"],
  ["shipping-lanes", "https://news.example.com/articles/shipping-lanes"],
  ["report", "https://papers.example.org/report.html"],
].map(([name = "", target = ""]) =>
  page(`/grounding-api-redirect/${name}`, () => redirect(target)),
);
