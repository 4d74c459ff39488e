import type { Browser } from "playwright-core";
import { findChromium, NO_CHROMIUM, startChromium } from "../support/browser/chromium.ts";

const program = findChromium();
let browser: Browser | undefined;

/** Tests in one browser for all files. Without Chromium there are none, which is said once, and is a failure in CI. */
export function inChromium(title: string, tests: (browser: () => Browser) => void): void {
  if (program === undefined) return;
  describe(title, () => tests(started));
}

function started(): Browser {
  if (browser === undefined) throw new Error("Chromium is started before all tests.");
  return browser;
}

if (program === undefined) {
  describe("pages in Chromium", () => {
    it("are looked at", function () {
      if (process.env.CI !== undefined) throw new Error(NO_CHROMIUM);
      console.log(`      skipped: ${NO_CHROMIUM}`);
      this.skip();
    });
  });
} else {
  before("Chromium starts", async () => {
    browser = await startChromium(program);
  });
  after("Chromium ends", () => browser?.close());
}
