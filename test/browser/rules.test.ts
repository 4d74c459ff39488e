import { expect } from "chai";
import type { Page } from "playwright-core";
import {
  axeFindings,
  canBeSkippedInto,
  fitsItsWindow,
  hasTables,
  isReachedByKeyboard,
  keepsStill,
  runsNothingInside,
} from "../support/browser/checks.ts";
import { servingPages, type ServedPage } from "../support/browser/served-page.ts";
import { visiting, type Look, type Visit } from "../support/browser/visit.ts";
import { inChromium } from "./in-chromium.ts";

/** A page that keeps all rules, with something more in its main part or its head. */
const page = (more = "", head = ""): ServedPage => ({
  html: `<!doctype html><html lang="en"><head><title>A page</title><link rel="icon" href="data:,"><style>a { display: inline-block; padding: 9px }</style>${head}</head>
<body><a href="#main">Skip</a><nav><a href="/other">Other</a></nav>
<main id="main" tabindex="-1"><h1>A page</h1><a href="/one">One</a>${more}</main></body></html>`,
});

inChromium("the rules for pages", (browser) => {
  /** What a visitor of that page meets. */
  const at = <T>(
    served: ServedPage,
    look: (visit: Visit, url: string) => Promise<T>,
    how: Look = {},
  ): Promise<T> =>
    servingPages({ "/": served }, (url) =>
      visiting(browser(), how, async (visit) => {
        await visit.open(`${url}/`, served.status);
        return look(visit, url);
      }),
    );
  const refusal = async (
    served: ServedPage,
    rule: (page: Page) => Promise<void>,
    how: Look = {},
  ): Promise<string> => {
    const failed = await at(served, (visit) => rule(visit.page), how).catch(
      (error: unknown) => error,
    );
    return failed instanceof Error ? failed.message : "";
  };

  const KEPT = [
    fitsItsWindow,
    hasTables,
    isReachedByKeyboard,
    canBeSkippedInto,
    keepsStill,
    runsNothingInside,
  ];
  for (const rule of KEPT) {
    it(`let through a page that keeps to ${rule.name}`, async () => {
      expect(await refusal(page(), rule)).to.equal("");
    });
  }

  const BROKEN: readonly (readonly [string, (page: Page) => Promise<void>, ServedPage])[] = [
    ["is wider than its window", fitsItsWindow, page(`<p style="width: 2000px">wide</p>`)],
    [
      "cuts off what is too wide",
      fitsItsWindow,
      page(`<p style="width: 2000px">wide</p>`, "<style>body { overflow-x: hidden }</style>"),
    ],
    ["has a chart without a table", hasTables, page("<figure><svg></svg></figure>")],
    ["does not show its focus", isReachedByKeyboard, page("<style>a { outline: none }</style>")],
    [
      "puts its links in another order",
      isReachedByKeyboard,
      page(`<a href="/" tabindex="1">A</a>`),
    ],
    [
      "lets nobody out of a field",
      isReachedByKeyboard,
      page(
        `<input aria-label="x" id="x"><script>x.onkeydown = (event) => event.preventDefault()</script>`,
      ),
    ],
    [
      "has no skip link",
      canBeSkippedInto,
      { html: `<a href="/a">a</a><main><a href="/b">b</a></main>` },
    ],
    ["leads nowhere with it", canBeSkippedInto, { html: `<a href="#no">a</a><a href="/b">b</a>` }],
    ["moves", keepsStill, page("<style>a { transition: color 1s }</style>")],
    ["runs what stands in an attribute", runsNothingInside, page(`<p onclick="1">a</p>`)],
    ["links to a script", runsNothingInside, page(`<a href=" javascript:1">a</a>`)],
    ["has a script inside", runsNothingInside, page("<script>1</script>")],
  ];
  for (const [what, rule, served] of BROKEN) {
    it(`refuse a page that ${what}`, async () => {
      expect(await refusal(served, rule, { reducesMotion: true })).not.to.equal("");
    });
  }

  it("let a wide table scroll by itself", async () => {
    const table = `<div style="overflow-x: auto" tabindex="0"><p style="width: 2000px">wide</p></div>`;
    expect(await refusal(page(table), fitsItsWindow)).to.equal("");
  });

  it("know what axe finds serious: contrast, names, sizes of targets", async () => {
    const bad = page(
      `<p style="color: #aaa; background: #fff">pale</p><input><button style="width: 9px; height: 9px; padding: 0" aria-label="a"></button><button style="width: 9px; height: 9px; padding: 0" aria-label="b"></button>`,
    );
    const found = await at(bad, ({ page: seen }) => axeFindings(seen));
    expect(new Set(found.map((each) => each.split(":")[0]))).to.deep.equal(
      new Set(["color-contrast", "label", "target-size"]),
    );
    expect(await at(page(), ({ page: seen }) => axeFindings(seen))).to.deep.equal([]);
  });

  const CSP = { "content-security-policy": "default-src 'none'; script-src 'self'" };
  const PROBLEMS: readonly (readonly [string, ServedPage, RegExp])[] = [
    ["an error in the console", page(`<script>console.error("oh")</script>`), /console: oh/],
    [
      "an error that nobody catches",
      page(`<script>throw new Error("oh")</script>`),
      /uncaught: oh/,
    ],
    ["a dialog", page("<script>alert('oh')</script>"), /a dialog: oh/],
    ["a request beyond loopback", page(`<img src="https://example.com/a.png" alt="">`), /beyond/],
    ["a request to an address", page(`<img src="http://192.0.2.1/a.png" alt="">`), /beyond/],
    ["a violation of its policy", { ...page("<script>1</script>"), headers: CSP }, /Security/],
    ["a file that is not there", page(`<img src="/none.png" alt="">`), /404/],
  ];
  for (const [what, served, says] of PROBLEMS) {
    it(`fail a visit with ${what}`, async () => {
      const failed = await at(served, ({ page: seen }) => seen.waitForLoadState("load")).catch(
        (error: unknown) => error,
      );
      expect(String(failed)).to.match(says);
    });
  }

  it("know a page that says 404 by itself", async () => {
    const served = { ...page(), status: 404 };
    await at(served, ({ page: seen }) => fitsItsWindow(seen));
    const failed = await servingPages({ "/": served }, (url) =>
      visiting(browser(), {}, (visit) => visit.open(`${url}/`)),
    ).catch((error: unknown) => error);
    expect(String(failed)).to.match(/answers 404 in place of 200/);
  });
});
