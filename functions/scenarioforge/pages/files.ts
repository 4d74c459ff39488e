import { asset } from "../../viewer/assets.ts";
import launch from "./assets/launch.js" with { type: "text" };

/** What the first page needs besides the viewer's own files. */
export const START_SCRIPTS = [asset("launch.js", launch)];
