import { html } from "hono/html";
import type { Html } from "../html.ts";

export interface VersusRow {
  readonly term: Html | string;
  readonly a: Html | string;
  readonly b: Html | string;
  /** Shown once. Default: no. */
  readonly isSame?: boolean;
}

/** The letter of one of two sides. */
export function side(letter: "A" | "B"): Html {
  return html`<span class="side ${letter.toLowerCase()}">${letter}</span>`;
}

/** Two sides of the same terms: beside each other, or one below the other on a phone. */
export function versus(rows: readonly VersusRow[]): Html {
  return html`<dl class="versus">
    ${rows.map(({ term, a, b, isSame = false }) =>
      isSame
        ? html`<div class="same">
            <dt dir="auto">${term}</dt>
            <dd>
              <span class="sides">${side("A")}${side("B")}</span>
              <div dir="auto">${a}</div>
            </dd>
          </div>`
        : html`<div>
            <dt dir="auto">${term}</dt>
            <dd>
              ${side("A")}
              <div dir="auto">${a}</div>
            </dd>
            <dd>
              ${side("B")}
              <div dir="auto">${b}</div>
            </dd>
          </div>`,
    )}
  </dl>`;
}
