import { styleSheet } from "../../viewer/files.ts";
import type { Product } from "../../viewer/shell.ts";
import css from "./assets/run.css" with { type: "text" };

/** What all pages of scenarioforge have in common. */
export const PRODUCT: Product = {
  name: "ScenarioForge",
  css: styleSheet("scenarioforge.css", css),
  home: "/",
  links: [
    { href: "/", text: "Runs" },
    { href: "/compare", text: "Compare" },
  ],
  colophon:
    "Every number of a report stands in its run’s own files, which whoever may read it may download.",
  keyHint:
    "Completed runs are open to everyone. Launching one, watching it, asking about it and whatever else changes or costs something needs a key.",
  keys: [
    {
      header: "x-api-key",
      label: "API key",
      hint: "From whoever runs this service. Where it has no keys of its own, your Gemini key does.",
    },
    {
      header: "x-gemini-api-key",
      label: "Gemini key (optional)",
      hint: "Live runs are made with it. Without one they spend the service’s own, if it has one.",
    },
  ],
};
