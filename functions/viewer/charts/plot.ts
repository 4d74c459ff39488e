import { raw } from "hono/html";
import type { PlotOptions as AnyOptions } from "@observablehq/plot";
import { lazy } from "../../runtime/lazy.ts";
import type { Html } from "../html.ts";

/** As much of a document's elements as is needed here: the program has no types of a browser. */
interface Svg {
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
  querySelectorAll(selector: string): Iterable<{
    remove(): void;
    removeAttribute(name: string): void;
  }>;
}

/** Its `document` is a type of browsers, and ours. */
export type PlotOptions = Omit<AnyOptions, "document">;

export type Marks = typeof import("@observablehq/plot");

const library = lazy(async () => {
  const { Plot, parseHTML } = await import("./plot-client.ts");
  const { document } = parseHTML("<!doctype html><html></html>") as unknown as { document: object };
  const draw = Plot.plot as unknown as (
    options: PlotOptions & { readonly document: object },
  ) => Svg;
  return { Plot, draw: (options: PlotOptions) => draw({ ...options, document }) };
});

/**
 * A chart as inline SVG. Its colours are tokens (`var(--accent)`), so it follows the theme; its type and its inner styles
 * are in viewer.css, since a page has no inline styles. It is hidden from screen readers: `chartFrame` gives them its table.
 */
export async function plot(options: (plot: Marks) => PlotOptions): Promise<Html> {
  const { Plot, draw } = await library();
  const svg = draw({ className: "plot", ...options(Plot) });
  svg.setAttribute("aria-hidden", "true");
  for (const each of svg.querySelectorAll("style")) each.remove();
  // Labels of groups without a role are an error to checkers, and nobody hears them here.
  for (const each of svg.querySelectorAll("[aria-label]")) each.removeAttribute("aria-label");
  // What stands in the SVG was set as text and attributes of a document, and is escaped where that is written out.
  return raw(svg.outerHTML);
}
