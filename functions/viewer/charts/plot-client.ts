// A file of its own, loaded at first use: only a page that has a chart should pay for it.
export * as Plot from "@observablehq/plot";
export { parseHTML } from "linkedom";
