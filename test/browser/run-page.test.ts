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
import { NOTHING } from "../../functions/scenarios/run-store.ts";
import { ACME_KEY, type Site } from "../support/scenarioforge/site.ts";
import { inChromium } from "./in-chromium.ts";
import { enterKey } from "./key.ts";
import { sharedSite } from "./shared-site.ts";

/** Runs that anybody sees, then those that need a key. */
const OPEN = [
  ...["completed", "scenarios-only", "retried", "failed", "failed-early"],
  ...["huge", "right-to-left", "hostile", "hostile-failed"],
];
const KEYED = ["running", "just-launched", "deleted"];

inChromium("the page of a run", (browser) => {
  let site: Site;
  before(async () => {
    site = await sharedSite();
  });

  const at = <T>(run: string, look: Look, see: (visit: Visit) => Promise<T>): Promise<T> =>
    visiting(browser(), look, async (visit) => {
      const isOpen = OPEN.includes(run);
      await visit.open(`${site.url}/runs/${run}`, isOpen ? 200 : 404);
      if (KEYED.includes(run)) await enterKey(visit.page, ACME_KEY);
      return see(visit);
    });

  for (const run of [...OPEN, ...KEYED, "none"]) {
    for (const width of WIDTHS) {
      it(`keeps the rules where it is ${run}, ${width} px wide`, () =>
        at(run, { width }, async ({ page }) => {
          await fitsItsWindow(page);
          await hasTables(page);
          await runsNothingInside(page);
          await isAccessible(page);
        }));
    }
  }

  for (const run of ["completed", "failed", "running"]) {
    it(`is read by keyboard where it is ${run}`, () =>
      at(run, {}, async ({ page }) => {
        await isReachedByKeyboard(page);
      }));
  }

  it("lets nobody read through what stands on every page", () =>
    at("completed", {}, ({ page }) => canBeSkippedInto(page)));

  for (const run of ["completed", "running"]) {
    it(`keeps still for whoever asked for it, where it is ${run}`, () =>
      at(run, { reducesMotion: true }, ({ page }) => keepsStill(page)));
  }

  it("shows a completed run to anybody, and says how others are opened", async () => {
    const seen = await at("completed", {}, ({ page }) => page.locator("main").innerText());
    expect(seen).to.include("ScenarioOps Demo Co").and.include("Wind tunnel");
    for (const run of ["running", "deleted", "none"]) {
      const text = await visiting(browser(), {}, async (visit) => {
        await visit.open(`${site.url}/runs/${run}`, 404);
        return visit.page.locator("main").innerText();
      });
      expect(text, run).to.include("key").and.not.include("ScenarioOps Demo Co");
    }
  });

  it("keeps a key out of its address, and in the tab only where that is wanted", () =>
    at("running", {}, async ({ page }) => {
      const kept = await page.evaluate<string[]>(
        `[location.href, document.cookie, document.documentElement.outerHTML]
          .concat([localStorage, sessionStorage].map((store) => JSON.stringify(store)))`,
      );
      expect(kept.filter((each) => each.includes(ACME_KEY))).to.deep.equal([]);
    }));

  it("shows what there is by now of a run that is under way", () =>
    at("running", {}, async ({ page }) => {
      await page.locator("#part-forces figure.chart").waitFor();
      await page.locator("#part-company").getByText("What would make it useful").waitFor();
    }));

  it("shows a node as it ends, where the run is under way", async () => {
    await site.launch("live", {}, 2);
    await visiting(browser(), {}, async (visit) => {
      await visit.open(`${site.url}/runs/live`, 404);
      await enterKey(visit.page, ACME_KEY);
      const { page } = visit;
      await page.locator("#node-focal_issue.done").waitFor();
      expect(await page.locator("#node-company_profile.done").count()).to.equal(0);
      await site.deliver("live", 1);
      await page.locator("#node-company_profile.done").waitFor();
      await site.deliver("live");
      await page.getByText("Wind tunnel").first().waitFor();
    });
  });

  it("opens what stands behind a score by keyboard, and comes back from it", () =>
    at("completed", {}, async ({ page }) => {
      const cell = page.locator("#wind-tunnel button.cell").first();
      await cell.focus();
      await page.keyboard.press("Enter");
      await page.locator(".popover:popover-open").waitFor();
      await isAccessible(page);
      await page.keyboard.press("Escape");
      expect(await page.locator(".popover:popover-open").count()).to.equal(0);
      expect(await page.locator(":focus").getAttribute("popovertarget")).to.equal(
        await cell.getAttribute("popovertarget"),
      );
    }));

  it("says why a run failed, in the node's words, and what helps", async () => {
    const text = await at("failed", {}, ({ page }) => page.locator("main").innerText());
    expect(text)
      .to.include("It took longer than it may.")
      .and.match(/3 attempts/);
    expect(text).to.match(/key/i);
  });

  it("shows hostile texts as they were written", async () => {
    const text = await at("hostile", {}, ({ page }) => page.locator("main").innerText());
    expect(text).to.include(`<script>alert("script")</script>`).and.include("onerror=alert");
  });

  it("is printed on sheets that it fits", () =>
    at("completed", { width: 390 }, async ({ page }) => {
      await page.emulateMedia({ media: "print" });
      // A4 between margins of a centimetre, in CSS pixels.
      await page.setViewportSize({ width: 718, height: 1046 });
      await fitsItsWindow(page);
      const pdf = await page.pdf({ format: "A4" });
      expect(pdf.subarray(0, 5).toString()).to.equal("%PDF-");
    }));

  for (const [name, type, content] of [
    ["report.html", "text/html", "<!doctype html><script>alert('ran')</script>"],
    [
      "picture.svg",
      "image/svg+xml",
      `<svg xmlns="http://www.w3.org/2000/svg" onload="alert('ran')"><script>alert('ran')</script></svg>`,
    ],
  ] as const) {
    it(`opens ${name} of a run as text, and takes it for no picture`, async () => {
      const stored = { bytes: Buffer.from(content), contentType: type };
      await site.store.put(`completed/artifacts/${name}`, stored, NOTHING);
      await site.store.put(`completed/artifacts/images/${name}`, stored, NOTHING);
      await visiting(browser(), {}, async (visit) => {
        await visit.open(`${site.url}/artifact/completed/${name}`);
        expect(await visit.page.locator("body").innerText()).to.equal(content);
        await visit.open(`${site.url}/artifact/completed/image/${name}`, 404);
      });
    });
  }
});
