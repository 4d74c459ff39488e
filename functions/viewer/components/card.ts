import { html } from "hono/html";
import { nothing, phrase, type Html } from "../html.ts";

export interface Card {
  /** Small, above the title. */
  readonly kicker?: Html | string;
  readonly title: string;
  /** Where the title leads. */
  readonly href?: string;
  readonly body?: Html | readonly Html[];
}

export function card({ kicker, title, href, body = nothing }: Card): Html {
  const name = href === undefined ? phrase(title) : html`<a href="${href}">${phrase(title)}</a>`;
  return html`<article class="card">
    ${kicker === undefined ? nothing : html`<p class="kicker">${kicker}</p>`}
    <h3 dir="auto">${name}</h3>
    ${body}
  </article>`;
}

/** As many columns as there is room for. */
export function cards(all: readonly Html[]): Html {
  return html`<div class="cards">${all}</div>`;
}
