import { expect } from "chai";
import {
  canBeSkippedInto,
  fitsItsWindow,
  hasTables,
  isAccessible,
  isReachedByKeyboard,
  keepsStill,
  runsNothingInside,
} from "../support/browser/checks.ts";
import { visiting, WIDTHS, type Look, type Visit } from "../support/browser/visit.ts";
import { ACME_KEY, Site } from "../support/scenarioforge/site.ts";
import { inChromium } from "./in-chromium.ts";
import { enterKey } from "./key.ts";
import { sharedSite } from "./shared-site.ts";

/** What the pages are called, where they are, and whether a key is entered. The runs in lists are in every state. */
const PAGES: readonly (readonly [what: string, path: string, isKeyed: boolean])[] = [
  ["the first page", "/", false],
  ["the first page with a key", "/", true],
  ["a list of deleted runs", "/?deleted=true", true],
  ["a search that finds something", "/?q=demo&status=COMPLETED", false],
  ["a search that finds nothing", "/?q=nobody", false],
  ["two runs compared", "/compare?a=completed&b=retried", false],
  ["a run compared with one without strategies", "/compare?a=completed&b=scenarios-only", false],
  ["a large and a hostile run compared", "/compare?a=huge&b=hostile", false],
  ["a run of another direction compared", "/compare?a=right-to-left&b=completed", false],
  ["a choice of runs to compare", "/compare", false],
];

inChromium("the start page and the comparison", (browser) => {
  let site: Site;
  let empty: Site;
  before(async () => {
    [site, empty] = await Promise.all([sharedSite(), Site.start()]);
  });
  after(() => empty.stop());

  const at = <T>(
    url: string,
    isKeyed: boolean,
    look: Look,
    see: (visit: Visit) => Promise<T>,
  ): Promise<T> =>
    visiting(browser(), look, async (visit) => {
      await visit.open(url);
      if (isKeyed) await enterKey(visit.page, ACME_KEY);
      return see(visit);
    });
  const keepsTheRules = async ({ page }: Visit): Promise<void> => {
    await fitsItsWindow(page);
    await hasTables(page);
    await runsNothingInside(page);
    await isAccessible(page);
  };

  for (const width of WIDTHS) {
    for (const [what, path, isKeyed] of PAGES) {
      it(`keep the rules: ${what}, ${width} px wide`, () =>
        at(site.url + path, isKeyed, { width }, keepsTheRules));
    }
    it(`keep the rules where there is no run, ${width} px wide`, () =>
      at(`${empty.url}/`, false, { width }, keepsTheRules));
  }

  for (const [what, path, isKeyed] of PAGES.slice(0, 6)) {
    it(`are read by keyboard: ${what}`, () =>
      at(site.url + path, isKeyed, {}, ({ page }) => isReachedByKeyboard(page)));
  }

  for (const path of ["/", "/compare?a=completed&b=retried"]) {
    it(`let nobody read through what stands on every page: ${path}`, () =>
      at(site.url + path, false, {}, ({ page }) => canBeSkippedInto(page)));
    it(`keep still for whoever asked for it: ${path}`, () =>
      at(site.url + path, false, { reducesMotion: true }, ({ page }) => keepsStill(page)));
  }

  it("say what this is to a first visitor, and lead to a completed run", () =>
    at(`${site.url}/`, false, {}, async ({ page }) => {
      await page.getByRole("link", { name: "Read a report" }).click();
      await page.locator("#wind-tunnel").waitFor();
    }));

  it("say what is wrong at its field, and send nothing", () =>
    at(`${empty.url}/`, true, {}, async ({ page }) => {
      const form = page.locator("form[data-launch]");
      await form.locator("[name=horizon]").fill("7");
      await form.getByRole("button", { name: "Launch" }).click();
      expect(await form.locator("[aria-invalid]").count()).to.equal(2);
      expect(await form.locator("#error-value").innerText()).to.include("required");
      expect(await form.locator("#error-horizon").innerText()).to.include("36");
      await isAccessible(page);
      expect(empty.requests.filter((each) => each.includes("run.json"))).to.deep.equal([]);
    }));

  it("ask for a key where one is needed, keep what was filled in, and launch a run that is seen to end", () =>
    at(`${empty.url}/`, false, {}, async ({ page }) => {
      const form = page.locator("form[data-launch]");
      await form.locator("[name=company]").fill("Nordwind AS");
      await form.locator("[name=value]").fill("Norway");
      await form.getByRole("button", { name: "Launch" }).click();
      await page.locator("#key-dialog input[type=password]").first().fill(ACME_KEY);
      await page.getByRole("button", { name: "Use this key" }).click();
      await page.locator("main:not([data-locked]):not([aria-busy])").waitFor();
      expect(await form.locator("[name=company]").inputValue()).to.equal("Nordwind AS");
      await form.getByRole("button", { name: "Launch" }).click();
      await page.waitForURL(/\/runs\//);
      await page.getByRole("heading", { name: "Nordwind AS" }).waitFor();
      const runId = new URL(page.url()).pathname.split("/").at(-1) ?? "";
      await empty.deliver(runId);
      await page.locator("#wind-tunnel .heatmap").waitFor();
      expect(await page.locator("main[data-live]").count()).to.equal(0);
    }));
});
