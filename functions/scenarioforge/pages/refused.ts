import { html } from "hono/html";
import { emptyState } from "../../viewer/components/notice.ts";
import { hero } from "../../viewer/components/hero.ts";
import type { Html } from "../../viewer/html.ts";
import { shell } from "../../viewer/shell.ts";
import { PRODUCT } from "./product.ts";

export interface RefusedPage {
  readonly status: number;
  readonly message: string;
  readonly path: string;
}

/** Where nothing is shown. With a key there may be something, so the page asks for one: it never says whether there is. */
export function refusedPage({ status, message, path }: RefusedPage): Html {
  const mayHelp = status === 404;
  const title = mayHelp ? "Nothing to see here without a key" : "This did not work";
  return shell({
    title,
    description: message,
    product: PRODUCT,
    path,
    isIndexed: false,
    isLocked: mayHelp,
    main: [
      hero({ kicker: html`<span>${status}</span>`, title, standfirst: mayHelp ? LOCKED : message }),
      emptyState({
        title: "What you can do",
        body: html`Look at <a href="/">the completed runs</a>, which are open to everyone.`,
        actions: mayHelp
          ? html`<button type="button" class="button primary" data-open-key data-unkeyed>
              Enter a key
            </button>`
          : html`<a class="button" href="">Try again</a>`,
      }),
    ],
  });
}

const LOCKED =
  "There may be no run of this name, or it is still running, or it was deleted. Completed runs are open to everyone; all others are shown to holders of a key.";
