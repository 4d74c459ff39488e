/** What the page of a run costs its reader, beside a page of the same text and nothing else. */
import type { Browser } from "playwright-core";
import { artifactPath } from "../../../functions/scenarios/paths.ts";
import { NOTHING, type RunStore } from "../../../functions/scenarios/run-store.ts";
import { findChromium, NO_CHROMIUM, startChromium } from "../../support/browser/chromium.ts";
import { firstPaint, longTasksOfScrolling } from "../../support/browser/in-page.mjs";
import { servingPages } from "../../support/browser/served-page.ts";
import { visiting } from "../../support/browser/visit.ts";
import { rowOf, type Measurement, type Row, type Run } from "../measurement.ts";
import { median } from "../statistics.ts";

const NAME = "page";
const ROUNDS = { full: 15, short: 3 } as const;
const FLOOR = "a static page of the same text";
const MAX_BYTES = 150_000;
/** About what a finger does. */
const PIXELS_A_FRAME = 300;

export const page: Measurement = {
  name: NAME,
  about: "a run's page in Chromium: first paint, size and scrolling (needs Chromium)",
  measure: async (run) => {
    const program = findChromium();
    if (program === undefined) {
      // Where everything must hold, nothing is left out.
      if (process.env.CI !== undefined) throw new Error(NO_CHROMIUM);
      run.progress(`${NAME}: skipped: ${NO_CHROMIUM}`);
      return [];
    }
    const browser = await startChromium(program);
    try {
      return await ofRuns(browser, run);
    } finally {
      await browser.close();
    }
  },
};

async function ofRuns(browser: Browser, run: Run): Promise<Row[]> {
  // Its pages are made of files that Node by itself does not import.
  await import("../../support/text-files.ts");
  const { Site } = await import("../../support/scenarioforge/site.ts");
  const { multiply } = await import("../../support/scenarioforge/rewritten.ts");
  const site = await Site.start();
  try {
    await site.launch("demo");
    await site.launch("huge");
    await multiply(site.store, "huge");
    const demo = `${site.url}/runs/demo`;
    const huge = `${site.url}/runs/huge`;
    const html = {
      "/demo": await plainPage(browser, demo),
      "/huge": await plainPage(browser, huge),
    };
    return await servingPages(html, async (plain) => [
      await paints(browser, demo, `${plain}/demo`, run),
      await paints(browser, demo, `${plain}/demo`, run, () => touch(site.store, "demo")),
      rowOf(NAME, {
        what: "all that it loads, compressed",
        unit: "B",
        ours: [await sizeOf(browser, demo)],
        floor: { what: FLOOR, samples: [await sizeOf(browser, `${plain}/demo`)] },
        limit: { of: "ours", max: MAX_BYTES },
      }),
      await scrolls(browser, huge, `${plain}/huge`, run),
    ]);
  } finally {
    site.stop();
  }
}

async function paints(
  browser: Browser,
  ours: string,
  plain: string,
  { isShort, progress }: Run,
  /** Done before each visit of ours, and no part of it. Default: nothing, so that an instance has the page already. */
  before?: () => Promise<void>,
): Promise<Row> {
  const paint = (url: string): Promise<number> =>
    visiting(browser, {}, async (visit) => {
      await visit.open(url);
      return visit.page.evaluate(firstPaint);
    });
  await paint(ours);
  await paint(plain);
  const [of, floor]: [number[], number[]] = [[], []];
  const rounds = isShort ? ROUNDS.short : ROUNDS.full;
  for (let round = 1; round <= rounds; round++) {
    progress(`${NAME}: first paint ${round} of ${rounds}`);
    await before?.();
    of.push(await paint(ours));
    floor.push(await paint(plain));
  }
  return rowOf(NAME, {
    what: `to the first contentful paint, ${before === undefined ? "of a page that was asked for before" : "of a page that nobody asked for before"} (the floor is in memory)`,
    unit: "ms",
    ours: of,
    floor: { what: FLOOR, samples: floor },
    limit: { of: "ratio", max: 1.5 },
  });
}

/** Writes something to a run, so that its page is made anew. */
async function touch(store: RunStore, runId: string): Promise<void> {
  const content = { bytes: Buffer.from("{}"), contentType: "application/json" };
  const path = artifactPath(runId, "touched.json");
  const { generation } = (await store.get(path)) ?? { generation: NOTHING };
  await store.put(path, content, generation);
}

/** A busy machine makes long tasks by itself: as many are allowed as the static page has. */
async function scrolls(
  browser: Browser,
  ours: string,
  plain: string,
  { isShort, progress }: Run,
): Promise<Row> {
  const scroll = (url: string): Promise<number> =>
    visiting(browser, {}, async (visit) => {
      await visit.open(url);
      return visit.page.evaluate(longTasksOfScrolling, PIXELS_A_FRAME);
    });
  const [of, floor]: [number[], number[]] = [[], []];
  const rounds = isShort ? ROUNDS.short : ROUNDS.full;
  for (let round = 1; round <= rounds; round++) {
    progress(`${NAME}: scrolling ${round} of ${rounds}`);
    of.push(await scroll(ours));
    floor.push(await scroll(plain));
  }
  return rowOf(NAME, {
    what: `tasks over 50 ms while a run of ten times its size scrolls (${FLOOR}: ${median(floor)})`,
    unit: "tasks",
    ours: of,
    limit: { of: "ours", max: median(floor) },
  });
}

/** Of a first visit: bodies as they come, with all that the page asks for. */
function sizeOf(browser: Browser, url: string): Promise<number> {
  return visiting(browser, {}, async (visit) => {
    const sizes: Promise<number>[] = [];
    visit.page.on("requestfinished", (request) => {
      sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
    });
    await visit.open(url);
    await visit.page.waitForLoadState("networkidle");
    return (await Promise.all(sizes)).reduce((sum, each) => sum + each, 0);
  });
}

/** The same text, a paragraph a line. */
function plainPage(browser: Browser, url: string): Promise<{ html: string }> {
  return visiting(browser, {}, async (visit) => {
    await visit.open(url);
    const text = await visit.page.locator("body").innerText();
    const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
    const paragraphs = escaped.split("\n").map((line) => `<p>${line}</p>`);
    const head = `<meta charset="utf-8"><title>Text</title><link rel="icon" href="data:,">`;
    return { html: `<!doctype html><html lang="en">${head}${paragraphs.join("\n")}</html>` };
  });
}
