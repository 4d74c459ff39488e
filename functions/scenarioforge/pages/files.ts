import { asset } from "../../viewer/assets.ts";
import css from "./assets/run.css" with { type: "text" };

/** What the pages of scenarioforge need besides the viewer's own files. */
export const PAGE_FILES = [asset("run.css", css)];
