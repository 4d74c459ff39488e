/** How pages reach a browser and what they say of themselves: what Lighthouse looks for that needs no network. */
import { expect } from "chai";
import { unsized } from "../support/browser/in-page.mjs";
import { visiting } from "../support/browser/visit.ts";
import type { Site } from "../support/scenarioforge/site.ts";
import { inChromium } from "./in-chromium.ts";
import { sharedSite } from "./shared-site.ts";

/** Search engines cut off what is longer. */
const TITLE_LENGTH = { min: 5, max: 120 };
const DESCRIPTION_LENGTH = { min: 50, max: 300 };

const PAGES = ["/", "/runs/completed", "/compare?a=completed&b=retried"];

interface Loaded {
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly size: number;
}

inChromium("pages as they are delivered", (browser) => {
  let site: Site;
  before(async () => {
    site = await sharedSite();
  });

  /** Everything that a page loads, itself first. */
  const loadedBy = (path: string): Promise<Loaded[]> =>
    visiting(browser(), {}, async ({ page }) => {
      const responses: Promise<Loaded>[] = [];
      page.on("response", (response) => {
        responses.push(
          (async () => {
            await response.finished();
            return {
              url: response.url(),
              status: response.status(),
              headers: await response.allHeaders(),
              size: (await response.request().sizes()).responseBodySize,
            };
          })(),
        );
      });
      await page.goto(site.url + path, { waitUntil: "load" });
      return (await Promise.all(responses)).filter(({ url }) => url.startsWith("http"));
    });

  for (const path of PAGES) {
    it(`say what they are: ${path}`, () =>
      visiting(browser(), {}, async (visit) => {
        await visit.open(site.url + path);
        const { page } = visit;
        const meta = (name: string) => page.locator(`meta[name="${name}"]`).getAttribute("content");
        expect((await page.title()).length).to.be.within(TITLE_LENGTH.min, TITLE_LENGTH.max);
        const description = (await meta("description")) ?? "";
        expect(description.length).to.be.within(DESCRIPTION_LENGTH.min, DESCRIPTION_LENGTH.max);
        expect(await meta("viewport")).to.equal("width=device-width, initial-scale=1");
        expect(await page.locator("html").getAttribute("lang")).to.equal("en");
        expect(await page.locator("h1").count()).to.equal(1);
        expect(await page.evaluate<string>("document.compatMode")).to.equal("CSS1Compat");
        expect(await page.evaluate<string>("document.characterSet")).to.equal("UTF-8");
        expect(await page.locator("link[rel=icon]").count()).to.equal(1);
      }));

    it(`come compressed, and from the cache where they can: ${path}`, async () => {
      const [page, ...files] = await loadedBy(path);
      expect(page?.headers["cache-control"]).to.equal("no-cache");
      expect(page?.headers.etag).to.match(/^(?:W\/)?"/);
      for (const { url, headers, status, size } of [page, ...files].filter(
        (each) => each !== undefined,
      )) {
        expect(status, url).to.equal(200);
        const isText = /^(?:text|application\/json|image\/svg)/.test(headers["content-type"] ?? "");
        const isWorthIt = Number(headers["content-length"] ?? size) > 1_000;
        if (isText && isWorthIt) expect(headers["content-encoding"], url).to.equal("gzip");
        if (url.includes("/assets/")) {
          expect(headers["cache-control"], url).to.equal("public, max-age=31536000, immutable");
        }
      }
    });

    it(`say how large their pictures are before these come: ${path}`, () =>
      visiting(browser(), {}, async (visit) => {
        await visit.open(site.url + path);
        const { page } = visit;
        expect(await page.evaluate(unsized)).to.deep.equal([]);
      }));
  }
});
