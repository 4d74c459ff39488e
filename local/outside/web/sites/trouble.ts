/** trouble.example.net: answers that are large, slow, not what they say, or none. */
import { brotliCompressSync, createGzip, deflateSync, gzipSync } from "node:zlib";
import { GRID_STORAGE, htmlOf } from "../articles.ts";
import { failed, found, HTML, page, TEXT, type Call, type Page } from "../site.ts";
import { broken, filler, paced } from "../streams.ts";

const MiB = 1024 * 1024;
/** Of a body that is made as it is read. */
const MAX_BYTES = 1024 * MiB;
const HOUR_MS = 3_600_000;

/** The smallest PNG there is: one pixel. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

const ARTICLE = htmlOf(GRID_STORAGE);

export const TROUBLE: readonly Page[] = [
  // Sizes.
  page("/huge", ({ number }) => found(TEXT, filler(number("bytes", 64 * MiB, MAX_BYTES)))),
  page("/declared", () => found(TEXT, filler(MAX_BYTES), [["content-length", String(MAX_BYTES)]])),
  page("/bomb", ({ number }) => {
    const zip = createGzip();
    filler(number("bytes", 64 * MiB, MAX_BYTES)).pipe(zip);
    return found(TEXT, zip, [["content-encoding", "gzip"]]);
  }),
  page("/empty", () => found(HTML, "")),
  page("/long-line", ({ number }) => found(TEXT, "x".repeat(number("bytes", MiB, 16 * MiB)))),

  // Times, by the clock.
  page("/slow", async (call) => {
    await passed(call, call.number("ms", 60_000, HOUR_MS));
    return found(HTML, ARTICLE);
  }),
  page("/hang", async (call) => {
    await passed(call, undefined);
    return failed(504, "Nobody waited");
  }),
  page("/drip", ({ clock, number }) =>
    found(HTML, paced(clock, ARTICLE.match(/[^]{1,40}/g) ?? [], number("ms", 1000, HOUR_MS))),
  ),
  page("/stall", ({ clock }) => found(HTML, paced(clock, [ARTICLE.slice(0, 500)], Infinity))),
  page("/broken", () => found(HTML, broken(ARTICLE.slice(0, 500)))),
  page("/refused", () => {
    throw new Error("The connection was broken by the page.");
  }),

  // Types.
  page("/image.png", () => found("image/png", PNG)),
  page("/image-as-html", () => found(HTML, PNG)),
  page("/html-as-image", () => found("image/png", ARTICLE)),
  page("/html-as-text", () => found(TEXT, ARTICLE)),
  page("/binary", () => found("application/octet-stream", Buffer.alloc(4096, 0x9c))),
  page("/zip", () => found("application/zip", Buffer.from("PK\u0003\u0004 and so on", "latin1"))),
  page("/pdf-that-is-none", () => found("application/pdf", "This is no PDF.")),
  page("/no-type", () => ({ status: 200, headers: [], body: Buffer.from(ARTICLE) })),
  page("/bad-type", () => found("text/html/plain;;charset", ARTICLE)),
  page("/attachment", () =>
    found(HTML, ARTICLE, [["content-disposition", 'attachment; filename="../../etc/passwd"']]),
  ),
  page("/unknown-charset", () => found("text/html; charset=klingon", ARTICLE)),
  page("/bad-utf-8", () =>
    found(
      TEXT,
      Buffer.concat([Buffer.from("good \xff\xfe\xc3( ", "latin1"), Buffer.from(ARTICLE)]),
    ),
  ),
  page("/zeros", () => found(TEXT, `before\0after\0${"\0".repeat(1000)}end`)),

  // Encodings, whatever was accepted.
  page("/gzip", () => found(HTML, gzipSync(ARTICLE), [["content-encoding", "gzip"]])),
  page("/deflate", () => found(HTML, deflateSync(ARTICLE), [["content-encoding", "deflate"]])),
  page("/brotli", () => found(HTML, brotliCompressSync(ARTICLE), [["content-encoding", "br"]])),
  page("/gzip-twice", () =>
    found(HTML, gzipSync(gzipSync(ARTICLE)), [["content-encoding", "gzip, gzip"]]),
  ),
  page("/not-gzip", () => found(HTML, ARTICLE, [["content-encoding", "gzip"]])),
  page("/half-gzip", () =>
    found(HTML, gzipSync(ARTICLE).subarray(0, 200), [["content-encoding", "gzip"]]),
  ),
  page("/unknown-encoding", () => found(HTML, ARTICLE, [["content-encoding", "x-secret"]])),

  // Statuses.
  page("/missing", () => failed(404, "Not found")),
  page("/gone", () => failed(410, "Gone")),
  page("/login", () => failed(401, "Who are you?", [["www-authenticate", 'Basic realm="news"']])),
  page("/forbidden", () => failed(403, "Robots stay outside")),
  page("/busy", () => failed(429, "Slow down", [["retry-after", "120"]])),
  page("/error", () => failed(500, "Something went wrong")),
  page("/unavailable", () => failed(503, "Back soon", [["retry-after", "30"]])),
  page("/cookie", () => found(HTML, ARTICLE, [["set-cookie", "visitor=1; Path=/; HttpOnly"]])),
  page("/many-headers", () =>
    found(
      HTML,
      ARTICLE,
      Array.from({ length: 90 }, (_, i) => [`x-${i}`, "v".repeat(100)] as const),
    ),
  ),
  /** 503 so many times, then the article: for each name anew. */
  page("/flaky/{name}/{times}", ({ param, visits }) => {
    const times = /^\d{1,4}$/.test(param("times")) ? Number(param("times")) : 1;
    if (visits(`${param("name")}/${times}`) < times) return failed(503, "Not yet");
    return found(HTML, ARTICLE);
  }),
];

/** Resolves after a time of the clock, or never; rejects when the sender goes away meanwhile. */
function passed({ clock, signal }: Call, ms: number | undefined): Promise<undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  if (ms !== undefined) clock.at(clock.now() + ms, () => resolve(undefined));
  const leave = () => reject(new Error("The sender went away."));
  if (signal?.aborted === true) leave();
  signal?.addEventListener("abort", leave, { once: true });
  return promise;
}
