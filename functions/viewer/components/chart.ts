import { html } from "hono/html";
import { nothing, type Html } from "../html.ts";

export interface ChartFrame {
  readonly title: string;
  /** How to read it, in a sentence. */
  readonly note?: string;
  /** The same for a screen of a desktop and of a phone: scaled down, its words would be too small. */
  readonly wide: Html | Promise<Html>;
  readonly narrow: Html | Promise<Html>;
  /** Says all that the chart says. */
  readonly table: Html;
}

/** A chart is a picture of its table, which is there for who does not see it, and for who wants the numbers. */
export function chartFrame({ title, note, wide, narrow, table }: ChartFrame): Html {
  return html`<figure class="chart">
    <figcaption>
      <strong>${title}</strong>
      ${note === undefined ? nothing : html`<span>${note}</span>`}
    </figcaption>
    <div class="wide" aria-hidden="true">${wide}</div>
    <div class="narrow" aria-hidden="true">${narrow}</div>
    <details class="numbers">
      <summary>The numbers as a table</summary>
      ${table}
    </details>
  </figure>`;
}
