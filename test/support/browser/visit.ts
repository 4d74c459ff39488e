import type { Browser, BrowserContext, Page, Response } from "playwright-core";

export type Width = 390 | 1440;
export type Scheme = "light" | "dark";

/** A phone's window and a desktop's. */
export const WIDTHS: readonly Width[] = [390, 1440];
const HEIGHTS: Readonly<Record<Width, number>> = { 390: 844, 1440: 900 };

export interface Look {
  /** Of the window, in CSS pixels. Default 1440. */
  readonly width?: Width;
  /** Default light. */
  readonly scheme?: Scheme;
  readonly reducesMotion?: boolean;
}

const LOOPBACK = /^(?:(?:https?|wss?):\/\/127\.0\.0\.1(?::\d+)?\/|(?:data|blob|about):)/;

/** One person's window, without any memory of others, and what went wrong in it. */
export class Visit {
  readonly page: Page;
  /** Errors in the console, violations of the content security policy among them; dialogs; requests beyond loopback. */
  readonly problems: string[] = [];
  /** Of the page last opened. */
  #opened: { readonly url: string; readonly status: number } | undefined;

  constructor(page: Page) {
    this.page = page;
    page.on("console", (message) => {
      if (message.type() === "error" && !this.#isExpected(message.location().url)) {
        this.problems.push(`console: ${message.text()}`);
      }
    });
    page.on("pageerror", (error) => this.problems.push(`uncaught: ${error.message}`));
    page.on("dialog", (dialog) => {
      this.problems.push(`a dialog: ${dialog.message()}`);
      // The page may be gone by then.
      dialog.dismiss().catch(() => undefined);
    });
    page.on("request", (request) => {
      if (!LOOPBACK.test(request.url())) this.problems.push(`beyond loopback: ${request.url()}`);
    });
  }

  /** Opens a page that is answered with that status, and lets it come to rest. */
  async open(url: string, status = 200): Promise<Response> {
    this.#opened = { url, status };
    const response = await this.page.goto(url);
    if (response === null) throw new Error(`${url} was opened already.`);
    if (response.status() !== status) {
      throw new Error(`${url} answers ${response.status()} in place of ${status}.`);
    }
    // What is not laid out yet is no part of a page's text.
    await this.page.locator(".part ~ .part:not(.laid-out)").first().waitFor({ state: "detached" });
    return response;
  }

  /**
   * Chromium says every 404 in the console: that of the page itself too, and of the icon that it asks for by itself where a
   * document, such as a text, names none.
   */
  #isExpected(url: string): boolean {
    const { url: opened = "", status = 0 } = this.#opened ?? {};
    return (status >= 400 && opened === url) || url.endsWith("/favicon.ico");
  }
}

/** Has somebody look at pages. Rejects where anything went wrong meanwhile. */
export async function visiting<T>(
  browser: Browser,
  { width = 1440, scheme = "light", reducesMotion = false }: Look,
  look: (visit: Visit) => Promise<T>,
): Promise<T> {
  const context: BrowserContext = await browser.newContext({
    viewport: { width, height: HEIGHTS[width] },
    colorScheme: scheme,
    reducedMotion: reducesMotion ? "reduce" : "no-preference",
    locale: "en-US",
    timezoneId: "UTC",
  });
  try {
    const visit = new Visit(await context.newPage());
    const seen = await look(visit);
    if (visit.problems.length > 0) throw new Error(visit.problems.join("\n"));
    return seen;
  } finally {
    await context.close();
  }
}
