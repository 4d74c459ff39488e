/** `npm run screenshots`: the pictures of scenarioforge's pages that the README shows, of the demo's run. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { findChromium, NO_CHROMIUM, startChromium } from "../support/browser/chromium.ts";
import { visiting } from "../support/browser/visit.ts";
import { Site } from "../support/scenarioforge/site.ts";

const FOLDER = join(import.meta.dirname, "../../docs/scenarioforge");
const RUN = "20261121093000-demo";

const MARGIN = 24;

/** Named as the system's document names them. */
const PICTURES: Readonly<Record<string, (page: Page, path: string) => Promise<unknown>>> = {
  "completed-run": (page, path) => page.screenshot({ path }),
  "scenario-matrix": (page, path) => around(page, "#scenarios .matrix", path),
  "wind-tunnel": (page, path) => around(page, "#wind-tunnel .heatmap", path),
};

/** A part of the page with some air around it. */
async function around(page: Page, part: string, path: string): Promise<void> {
  const box = await page.locator(part).boundingBox();
  if (box === null) throw new Error(`The page shows no ${part}.`);
  const [x, y] = [box.x - MARGIN, box.y - MARGIN];
  const clip = { x, y, width: box.width + 2 * MARGIN, height: box.height + 2 * MARGIN };
  await page.screenshot({ path, clip, fullPage: true });
}

const program = findChromium();
if (program === undefined) {
  console.error(`npm run screenshots ${NO_CHROMIUM}`);
  process.exitCode = 1;
} else {
  mkdirSync(FOLDER, { recursive: true });
  const site = await Site.start();
  const browser = await startChromium(program);
  try {
    await site.launch(RUN);
    await visiting(browser, {}, async (visit) => {
      await visit.open(`${site.url}/runs/${RUN}`);
      for (const [name, take] of Object.entries(PICTURES)) {
        const file = join(FOLDER, `${name}.png`);
        await take(visit.page, file);
        console.log(file);
      }
    });
  } finally {
    await browser.close();
    site.stop();
  }
}
