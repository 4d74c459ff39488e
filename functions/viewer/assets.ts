// Files that pages refer to. Each has the hash of its content in its name, so that a browser keeps it for good and a
// deployment never mixes old with new.
import { createHash } from "node:crypto";

/** A style sheet, script or picture of text. */
export interface Asset {
  /** From the service's root: `/assets/viewer.1a2b3c4d5e.css`. */
  readonly href: string;
  readonly contentType: string;
  readonly text: string;
}

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

/** `name`: `viewer.css`. Its ending says what it is; one that is not known here is a mistake of the program. */
export function asset(name: string, text: string): Asset {
  const [stem = "", ending = ""] = name.split(".");
  const contentType = TYPES[ending];
  if (contentType === undefined) throw new Error(`There is no type for ${name}.`);
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 10);
  return { href: `/assets/${stem}.${hash}.${ending}`, contentType, text };
}
