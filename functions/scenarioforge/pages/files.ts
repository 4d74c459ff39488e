import { asset } from "../../viewer/assets.ts";
import launch from "./assets/launch.js" with { type: "text" };
import css from "./assets/run.css" with { type: "text" };

/** What the page of a run needs besides the viewer's own files. */
export const PAGE_FILES = [asset("run.css", css)];
/** What the first page needs. */
export const START_FILES = [asset("launch.js", launch)];
