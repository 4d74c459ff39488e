import type { Brief } from "../brief.ts";

/** Where a mock run takes place, so that two of them that differ only in this differ in every text. */
export function placeOf({ geography, value }: Brief): string {
  return geography.toLowerCase() === value.toLowerCase() ? geography : `${geography} (${value})`;
}

export function reachOf({ scope }: Pick<Brief, "scope">): string {
  if (scope === "world") return "worldwide";
  return scope === "region" ? "across the region" : "across the country";
}
