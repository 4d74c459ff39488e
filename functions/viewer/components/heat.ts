import { html } from "hono/html";
import type { Html } from "../html.ts";

const STEPS = 10;

/** The class that colours a cell: the higher of 0 to 100, the deeper. Styles are classes, since no page has inline ones. */
export function heatOf(score: number): string {
  const step = Math.min(STEPS - 1, Math.max(0, Math.floor((score / 100) * STEPS)));
  return `heat heat-${step}`;
}

/** The scale, from what its low end means to what its high end means. */
export function heatLegend(low: string, high: string): Html {
  const steps = Array.from({ length: STEPS }, (_, step) => html`<i class="heat-${step}"></i>`);
  return html`<p class="legend">
    <span>${low}</span><span class="steps" aria-hidden="true">${steps}</span><span>${high}</span>
  </p>`;
}
