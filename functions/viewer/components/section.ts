import { html } from "hono/html";
import { nothing, type Html } from "../html.ts";

export interface Section {
  /** Its anchor: `forces`. */
  readonly id: string;
  readonly title: string;
  /** A sentence that says what is to be seen here. */
  readonly lede?: Html | string;
  readonly body: Html | readonly Html[];
  /** What can be done here only: no part of what is printed. Default: no. */
  readonly isScreenOnly?: boolean;
}

/** A part of a report: its heading stands in the rail beside it, or above it on a phone. */
export function section({ id, title, lede, body, isScreenOnly = false }: Section): Html {
  return html`<section
    class="part ${isScreenOnly ? "print-hidden" : ""}"
    id="${id}"
    aria-labelledby="${id}-title"
  >
    <header class="part-head">
      <h2 id="${id}-title">${title}</h2>
      ${lede === undefined ? nothing : html`<p class="lede">${lede}</p>`}
    </header>
    <div class="part-body">${body}</div>
  </section>`;
}

/** A smaller heading within a section. */
export function subsection(title: string, body: Html | readonly Html[]): Html {
  return html`<div class="subpart">
    <h3>${title}</h3>
    ${body}
  </div>`;
}
