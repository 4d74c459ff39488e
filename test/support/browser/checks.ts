/** Rules that hold for every page, whoever's it is. */
import axe from "axe-core";
import { expect } from "chai";
import type { Page } from "playwright-core";
import {
  executable,
  focused,
  moving,
  reachable,
  sideways,
  unfocus,
  withoutTable,
} from "./in-page.mjs";

const OPTIONS: axe.RunOptions = {
  resultTypes: ["violations"],
  // Off by default, as is every rule of WCAG 2.2.
  rules: { "target-size": { enabled: true } },
};
const OF_COLOUR = ["color-contrast", "link-in-text-block"];
const TOO_BAD: readonly unknown[] = ["serious", "critical"];

/** Axe's findings that count, `rule: element`. `rules`: those that are asked. Default: all that hold for WCAG 2.2 AA. */
export async function axeFindings(page: Page, rules?: readonly string[]): Promise<string[]> {
  // Not as a script of the page, whose policy lets none in.
  await page.evaluate(axe.source);
  const options = rules === undefined ? OPTIONS : { ...OPTIONS, runOnly: [...rules] };
  const { violations } = await page.evaluate(
    (given) => (globalThis as unknown as { axe: typeof axe }).axe.run(given),
    options,
  );
  return violations
    .filter(({ impact }) => TOO_BAD.includes(impact))
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

export async function fitsItsWindow(page: Page): Promise<void> {
  expect(await page.evaluate(sideways), "beyond the window").to.deep.equal([]);
}

/** In both themes: in the dark one, all that can be otherwise is what has a colour. */
export async function isAccessible(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: "light" });
  expect(await axeFindings(page), "axe, in the light").to.deep.equal([]);
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await axeFindings(page, OF_COLOUR), "axe, in the dark").to.deep.equal([]);
}

export async function runsNothingInside(page: Page): Promise<void> {
  expect(await page.evaluate(executable), "what could run").to.deep.equal([]);
}

export async function hasTables(page: Page): Promise<void> {
  expect(await page.evaluate(withoutTable), "charts without a table").to.deep.equal([]);
}

/** Of a visitor who asked for less motion. */
export async function keepsStill(page: Page): Promise<void> {
  expect(await page.evaluate(moving), "what moves").to.deep.equal([]);
}

/** The Tab key reaches everything in the document's order, and shows where it is. */
export async function isReachedByKeyboard(page: Page): Promise<void> {
  // From the top, wherever the focus was before.
  await page.evaluate(unfocus);
  const all = await page.evaluate(reachable);
  const reached: string[] = [];
  const unseen: string[] = [];
  for (;;) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(focused);
    if (at === undefined) break;
    if (!at.isVisible) unseen.push(at.what);
    if (at.place >= 0) reached.push(all[at.place] ?? "");
    expect(reached.length, "the Tab key does not come to an end").to.be.at.most(all.length);
  }
  expect(reached).to.deep.equal(all);
  expect(unseen, "focus that cannot be seen").to.deep.equal([]);
}

/** The first that the Tab key reaches is a link past all that stands on every page. */
export async function canBeSkippedInto(page: Page): Promise<void> {
  await page.keyboard.press("Tab");
  const link = page.locator(":focus");
  const target = await link.getAttribute("href");
  expect(target, "where the first link leads").to.match(/^#./);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  const inside = page.locator(
    `main${target ?? ""} :focus, ${target ?? ""} :focus, ${target ?? ""}:focus`,
  );
  expect(await inside.count(), "the focus is in the main part").to.equal(1);
}
