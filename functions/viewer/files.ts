import { asset, type Asset } from "./assets.ts";
import icon from "./assets/icon.svg" with { type: "text" };
import theme from "./assets/theme.js" with { type: "text" };
import script from "./assets/viewer.js" with { type: "text" };
import css from "./assets/viewer.css" with { type: "text" };

/** What every page stands on. `theme` runs before the first paint, `script` after the page is there. */
export const VIEWER = {
  theme: asset("theme.js", theme),
  script: asset("viewer.js", script),
  icon: asset("icon.svg", icon),
} as const;

/** The look of a system's pages, with what it adds: one sheet, since each is one more that the first paint waits for. */
export function styleSheet(name: string, own: string): Asset {
  return asset(name, css + own);
}
