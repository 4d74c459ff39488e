import { html } from "hono/html";
import type { Html } from "../html.ts";

/** The scale by day, as viewer.css has it: for pictures, which have no style sheet. */
export const HEAT_COLOURS = [
  "#f4ecd8",
  "#e8ead3",
  "#d6e4cd",
  "#c0dcc7",
  "#a4d0bd",
  "#7fc0ad",
  "#2a7d6d",
  "#1b6f60",
  "#0f6153",
  "#065246",
] as const;

type Step = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

/** Of 0 to 100, a tenth each. */
export function heatStep(score: number): Step {
  return Math.min(9, Math.max(0, Math.floor(score / 10))) as Step;
}

/** The class that colours a cell: the higher of 0 to 100, the deeper. Styles are classes, since no page has inline ones. */
export function heatOf(score: number): string {
  return `heat heat-${heatStep(score)}`;
}

/** The scale, from what its low end means to what its high end means. */
export function heatLegend(low: string, high: string): Html {
  const steps = HEAT_COLOURS.map((_, step) => html`<i class="heat-${step}"></i>`);
  return html`<p class="legend">
    <span>${low}</span><span class="steps" aria-hidden="true">${steps}</span><span>${high}</span>
  </p>`;
}
