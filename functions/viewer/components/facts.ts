import { html } from "hono/html";
import { nothing, type Html } from "../html.ts";

/** A term and its value. An undefined value is left out with its term. */
export type Fact = readonly [term: string, value: Html | string | undefined];

/** Terms and their values in a row that wraps. */
export function facts(all: readonly Fact[]): Html {
  const known = all.filter(([, value]) => value !== undefined && value !== "");
  if (known.length === 0) return nothing;
  return html`<dl class="facts">
    ${known.map(
      ([term, value]) =>
        html`<div>
          <dt>${term}</dt>
          <dd dir="auto">${value}</dd>
        </div>`,
    )}
  </dl>`;
}

export interface Figure {
  /** `74`, `4 of 14` */
  readonly value: string;
  readonly label: string;
  /** What it means, or where it lies on its scale. */
  readonly note?: string;
}

/** Large numbers side by side. */
export function figures(all: readonly Figure[]): Html {
  return html`<dl class="figures">
    ${all.map(
      ({ value, label, note }) =>
        html`<div>
          <dt>${label}</dt>
          <dd>
            <span class="figure">${value}</span>
            ${note === undefined ? nothing : html`<span class="note">${note}</span>`}
          </dd>
        </div>`,
    )}
  </dl>`;
}
