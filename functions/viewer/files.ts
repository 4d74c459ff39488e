import { asset } from "./assets.ts";
import icon from "./assets/icon.svg" with { type: "text" };
import theme from "./assets/theme.js" with { type: "text" };
import script from "./assets/viewer.js" with { type: "text" };
import css from "./assets/viewer.css" with { type: "text" };

/** What every page stands on. `theme` runs before the first paint, `script` after the page is there. */
export const VIEWER = {
  css: asset("viewer.css", css),
  theme: asset("theme.js", theme),
  script: asset("viewer.js", script),
  icon: asset("icon.svg", icon),
} as const;
