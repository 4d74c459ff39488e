import { expect } from "chai";
import type { Page } from "playwright-core";
import { visiting } from "../support/browser/visit.ts";
import { ACME_KEY, Site } from "../support/scenarioforge/site.ts";
import { inChromium } from "./in-chromium.ts";
import { enterKey } from "./key.ts";

inChromium("launching a run", (browser) => {
  let site: Site;
  before(async () => {
    site = await Site.start();
  });
  after(() => site.stop());

  /** A refusal stands in the console too, where it is no mistake of the page. */
  async function withKey(look: (page: Page) => Promise<void>): Promise<void> {
    const context = await browser().newContext();
    try {
      const page = await context.newPage();
      await page.goto(site.url);
      await enterKey(page, ACME_KEY);
      await look(page);
    } finally {
      await context.close();
    }
  }
  const send = (page: Page): Promise<void> => page.getByRole("button", { name: "Launch" }).click();

  it("says at its field what the service refuses", () =>
    withKey(async (page) => {
      await page.locator("#field-value").fill("Norway");
      await page.getByRole("radio", { name: "Live." }).check();
      await send(page);
      await page.getByText("A live run needs a Gemini key").waitFor();
      expect(await page.locator(":focus").getAttribute("name")).to.equal("mock");
      await page.locator("#field-value").fill("\u{1}");
      await send(page);
      await page.getByText("Must not hold control characters.").waitFor();
      expect(await page.locator(":focus").getAttribute("name")).to.equal("value");
    }));

  it("takes back what it said of a field as soon as that is corrected", () =>
    withKey(async (page) => {
      const problems = async (): Promise<string[]> =>
        await page.locator(".field-error:visible, .form-error:visible").allTextContents();
      await page.locator("#field-horizon").fill("12");
      await send(page);
      const [place, horizon] = ["Is required.", "Must be at least 36."];
      expect(await problems()).to.deep.equal([place, horizon, "2 fields need another look."]);
      await page.locator("#field-value").fill("Chile");
      expect(await problems()).to.deep.equal([horizon]);
      await page.locator("#field-horizon").fill("36");
      expect(await problems()).to.deep.equal([]);
    }));

  it("takes documents along, and says which it does not take", () =>
    withKey(async (page) => {
      await page.locator("#field-value").fill("Norway");
      await page.locator("details.more summary").click();
      const files = page.locator("#field-input_docs");
      const buffer = Buffer.from("# A");
      await files.setInputFiles({ name: "a.exe", mimeType: "text/markdown", buffer });
      await send(page);
      await page.getByText("a.exe is no file of text that is taken here.").waitFor();
      await files.setInputFiles({ name: "a.md", mimeType: "text/markdown", buffer });
      await send(page);
      await page.waitForURL("**/runs/*");
      const runId = page.url().split("/").at(-1) ?? "";
      const stored = await site.store.get(`${runId}/request.json`);
      const request = JSON.parse(String(stored?.bytes)) as { input_docs: { name: string }[] };
      expect(request.input_docs.map(({ name }) => name)).to.deep.equal(["a.md"]);
    }));

  it("is undone from the list, with a key that stays in memory and in no address", () =>
    visiting(browser(), {}, async ({ page }) => {
      const addresses: string[] = [];
      page.on("request", (request) => addresses.push(request.url()));
      await page.goto(site.url);
      await enterKey(page, ACME_KEY);
      await page.locator("#field-company").fill("Launched Ltd");
      await page.locator("#field-value").fill("Norway");
      await send(page);
      await page.waitForURL("**/runs/*");
      await page.getByRole("link", { name: "Runs", exact: true }).click();
      const row = page.locator(".row", { hasText: "Launched Ltd" });
      await row.waitFor();
      await page.goBack();
      await page.getByRole("heading", { level: 1, name: "Launched Ltd" }).waitFor();
      await page.goForward();
      expect(await row.locator(".row-state").innerText()).to.equal("Running");
      page.removeAllListeners("dialog");
      page.once("dialog", (dialog) => void dialog.accept());
      await row.getByRole("button", { name: "Cancel" }).click();
      await row.getByText("Failed").waitFor();
      expect(addresses.filter((each) => each.includes(ACME_KEY))).to.deep.equal([]);
      const kept = await page.evaluate("({ ...sessionStorage, ...localStorage })");
      expect(kept).to.deep.equal({});
    }));
});
