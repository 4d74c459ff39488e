// The pages of scenarioforge: what a browser is shown of runs, and the files that pages refer to.
import { HttpError } from "../runtime/errors.ts";
import { VIEWER } from "../viewer/files.ts";
import type { Html } from "../viewer/html.ts";
import { PREVIEW, png } from "../viewer/picture.ts";
import { originOf, showAsset, showPage } from "../viewer/page.ts";
import { callerAt, runIdIn, type AtRoute, type Gates } from "./at-route.ts";
import { KeptPages } from "./kept-pages.ts";
import type { Caller } from "./keys.ts";
import { readForComparison } from "./compare-page.ts";
import { FILE_TYPES } from "./uploads.ts";
import { listRequest, runsFor } from "./listing.ts";
import { choosePage, comparePage } from "./pages/compare.ts";
import { START_SCRIPTS } from "./pages/files.ts";
import { isPublic } from "./pages/links.ts";
import { PREVIEW_GROUND } from "./pages/preview.ts";
import { PRODUCT } from "./pages/product.ts";
import { refusedPage } from "./pages/refused.ts";
import { runPage } from "./pages/run.ts";
import { startPage } from "./pages/start.ts";
import type { Ports } from "./ports.ts";
import { refused } from "./refusals.ts";
import { listForPage, partOf, previewFor } from "./run-page.ts";
import type { OrderSweep } from "./sweeps.ts";

const ASSETS = new Map(
  [...Object.values(VIEWER), PRODUCT.css, ...START_SCRIPTS].map((each) => [
    each.href.split("/").at(-1),
    each,
  ]),
);

/** As the original tells a program from a browser (contract, 1.3). */
export function wantsJson(c: AtRoute): boolean {
  return (c.env.source.headers.accept ?? "").includes("application/json");
}

interface Rendered {
  readonly page: Html;
  /** Shown to a holder of a key only. */
  readonly isPrivate: boolean;
  /** Default: 200. */
  readonly status?: number;
}

/** So many runs on the first page. */
const PAGE_LIMIT = 30;

/** `?a=…&b=…`; or boxes of a list, `?run=…&run=…`, where the newer one stands first. */
function chosenIn(c: AtRoute) {
  const [newer, older, ...others] = c.req.queries("run") ?? [];
  const { a, b } = c.req.query();
  return { a: a ?? older, b: b ?? newer, isTooMany: others.length > 0 };
}

export function pagesOf(ports: Ports, gates: Gates, orderSweep: OrderSweep) {
  const kept = new KeptPages();

  /** What is refused is a page too, at the same address: with a key it may be another one. */
  const page =
    (render: (caller: Caller, c: AtRoute) => Promise<Rendered>) => async (c: AtRoute) => {
      try {
        const { page: html, ...answer } = await render(callerAt(c, gates), c);
        return await showPage(c, html, answer);
      } catch (error) {
        if (!(error instanceof HttpError)) throw error;
        const { status, detail } = error;
        c.env.account = { reason: detail.message, note: { code: detail.code } };
        return showPage(c, refusedPage({ status, message: detail.message, path: c.env.path }), {
          status,
        });
      }
    };

  return {
    start: page(async (caller, c) => {
      await orderSweep(caller.tenant, c.env.log);
      const request = listRequest(c.req.query(), PAGE_LIMIT);
      const { entries, next } = await runsFor(request, caller, ports);
      const { isKnown } = caller;
      const uploads = { ...ports.settings, fileTypes: FILE_TYPES };
      const origin = originOf(c.env);
      return {
        page: startPage({ request, entries, next, isKnown, uploads, origin }),
        isPrivate: isKnown,
      };
    }),
    compare: page(async (caller, c) => {
      const chosen = chosenIn(c);
      const read = await readForComparison(chosen, caller, ports);
      if (read.kind === "both") {
        const { a, b } = read;
        return {
          page: comparePage({ ...read, origin: originOf(c.env) }),
          isPrivate: !isPublic(a.run) || !isPublic(b.run),
        };
      }
      const { entries } = await runsFor(listRequest({}), caller, ports);
      const { isKnown } = caller;
      return {
        page: choosePage({ ...chosen, entries, isKnown, problem: read.problem }),
        isPrivate: isKnown,
        status: read.status,
      };
    }),
    run: page(async (caller, c) => {
      const { run, source, read } = await listForPage(caller, runIdIn(c), ports);
      const origin = originOf(c.env);
      const html = await kept.page(source && `${source} ${origin ?? ""}`, async () =>
        runPage({ ...(await read()), now: ports.now(), origin }),
      );
      return { page: html, isPrivate: !isPublic(run) };
    }),
    part: page(async (caller, c) => {
      const part = c.req.param("part") ?? "";
      const { html, run } = await partOf(part, caller, runIdIn(c), ports);
      return { page: html, isPrivate: !isPublic(run) };
    }),
    preview: async (c: AtRoute): Promise<Response> => {
      const rectangles = await previewFor(callerAt(c, gates), runIdIn(c), ports);
      return c.body(new Uint8Array(await png(PREVIEW, PREVIEW_GROUND, rectangles)), 200, {
        "content-type": "image/png",
        "cache-control": "no-cache",
        "content-security-policy": "default-src 'none'; sandbox",
        "x-content-type-options": "nosniff",
      });
    },
    asset: (c: AtRoute): Promise<Response> => {
      const found = ASSETS.get(c.req.param("name"));
      if (found === undefined) throw refused(404, "not_found", "There is no such file.");
      c.env.account = { isSilent: true };
      return showAsset(c, found);
    },
  };
}
