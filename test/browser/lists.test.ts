import { expect } from "chai";
import type { Page } from "playwright-core";
import { launched, World } from "../functions/scenarios/world.ts";
import { fitsItsWindow, isAccessible, runsNothingInside } from "../support/browser/checks.ts";
import { visiting, WIDTHS } from "../support/browser/visit.ts";
import { Site } from "../support/scenarioforge/site.ts";
import { inChromium } from "./in-chromium.ts";

/** More than a page of them. */
const MANY = 35;
const TEXTS: Readonly<Record<string, string>> = {
  "right-to-left": "شركة المستقبل للطاقة",
  hostile: "<img src=x onerror=alert(1)><script>alert(1)</script>",
  long: "A company whose name would fit into no line of any list on a phone or elsewhere ".repeat(
    2,
  ),
  wordless: "w".repeat(200),
};

const titles = (page: Page): Promise<string[]> => page.locator(".row-title").allInnerTexts();

inChromium("lists of runs", (browser) => {
  let site: Site;
  before(async () => {
    site = await Site.start();
    const world = new World();
    const failed = (runId: string, label: string) => {
      world.time += 1_000;
      return launched(world, runId, { label, status: "FAILED", is_final: true }, site.store);
    };
    for (let at = 0; at < MANY; at += 1) await failed(`many-${at}`, `Company ${at} | SP60 | Chile`);
    for (const [runId, text] of Object.entries(TEXTS)) {
      await failed(runId, `${text} | SP60 | ${text}`);
    }
  });
  after(() => site.stop());

  for (const path of ["/", "/compare", "/compare?a=wordless&b=hostile"]) {
    for (const width of WIDTHS) {
      it(`keep the rules with texts of every kind: ${path}, ${width} px wide`, () =>
        visiting(browser(), { width }, async (visit) => {
          await visit.open(site.url + path);
          await fitsItsWindow(visit.page);
          await runsNothingInside(visit.page);
          await isAccessible(visit.page);
        }));
    }
  }

  it("are paged, searched and compared without a script", async () => {
    const context = await browser().newContext({ javaScriptEnabled: false });
    try {
      const page = await context.newPage();
      await page.goto(site.url);
      expect((await titles(page)).length).to.equal(30);
      await page.getByRole("link", { name: "Older" }).click();
      expect((await titles(page)).length).to.equal(MANY + Object.keys(TEXTS).length - 30);
      await page.getByRole("searchbox").fill("company chile");
      await page.getByRole("button", { name: "Find" }).click();
      expect((await titles(page))[0]).to.equal(`Company ${MANY - 1}`);
      await page.getByRole("checkbox").nth(0).check();
      await page.getByRole("checkbox").nth(1).check();
      await page.getByRole("button", { name: "Compare the chosen two" }).click();
      const title = await page.locator("h1").innerText();
      expect(title).to.equal(`Company ${MANY - 2} · Company ${MANY - 1}`);
      await page.getByRole("link", { name: "Swap A and B" }).click();
      const swapped = await page.locator("h1").innerText();
      expect(swapped).to.equal(`Company ${MANY - 1} · Company ${MANY - 2}`);
      await page.goto(`${site.url}/compare?a=hostile`);
      await page.getByLabel("Run B").selectOption("many-3");
      await page.getByRole("button", { name: "Compare" }).click();
      await page.waitForURL("**/compare?a=hostile&b=many-3");
    } finally {
      await context.close();
    }
  });
});
