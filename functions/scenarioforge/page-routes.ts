// The pages of scenarioforge: what a browser is shown of runs, and the files that pages refer to.
import { HttpError } from "../runtime/errors.ts";
import { VIEWER } from "../viewer/files.ts";
import type { Html } from "../viewer/html.ts";
import { originOf, showAsset, showPage } from "../viewer/page.ts";
import { callerAt, runIdIn, type AtRoute, type Gates } from "./at-route.ts";
import type { Caller } from "./keys.ts";
import { PAGE_FILES } from "./pages/files.ts";
import { refusedPage } from "./pages/refused.ts";
import { isPublic, runPage } from "./pages/run.ts";
import type { Ports } from "./ports.ts";
import { refused } from "./refusals.ts";
import { partOf, readForPage } from "./run-page.ts";

const ASSETS = new Map(
  [...Object.values(VIEWER), ...PAGE_FILES].map((each) => [each.href.split("/").at(-1), each]),
);

/** As the original tells a program from a browser (contract, 1.3). */
export function wantsJson(c: AtRoute): boolean {
  return (c.env.source.headers.accept ?? "").includes("application/json");
}

interface Rendered {
  readonly page: Html;
  /** Shown to a holder of a key only. */
  readonly isPrivate: boolean;
}

export function pagesOf(ports: Ports, gates: Gates) {
  /** What is refused is a page too, at the same address: with a key it may be another one. */
  const page =
    (render: (caller: Caller, c: AtRoute) => Promise<Rendered>) => async (c: AtRoute) => {
      try {
        const { page: html, isPrivate } = await render(callerAt(c, gates), c);
        return await showPage(c, html, { isPrivate });
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
    run: page(async (caller, c) => {
      const read = await readForPage(caller, runIdIn(c), ports);
      const html = runPage({ ...read, now: ports.now(), origin: originOf(c.env) });
      return { page: html, isPrivate: !isPublic(read.run) };
    }),
    part: page(async (caller, c) => {
      const part = c.req.param("part") ?? "";
      const { html, run } = await partOf(part, caller, runIdIn(c), ports);
      return { page: html, isPrivate: !isPublic(run) };
    }),
    asset: (c: AtRoute): Promise<Response> => {
      const found = ASSETS.get(c.req.param("name"));
      if (found === undefined) throw refused(404, "not_found", "There is no such file.");
      c.env.account = { isSilent: true };
      return showAsset(c, found);
    },
  };
}
