import type { Page } from "playwright-core";

/** Gives the tab a key as a person does, and waits for what it opens. */
export async function enterKey(page: Page, key: string): Promise<void> {
  await page.locator(".tools [data-open-key]").click();
  await page.locator("#key-dialog input[type=password]").first().fill(key);
  await page.getByRole("button", { name: "Use this key" }).click();
  await page.locator("main:not([data-locked]):not([aria-busy])").waitFor();
  // Parts of a run that is under way come one by one.
  const awaited = page.locator('main [id^="part-"] > p.hint:only-child');
  await awaited.first().waitFor({ state: "detached" });
}
