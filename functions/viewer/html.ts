import { html, raw } from "hono/html";

/** Markup. What is put into an `html` template is escaped unless it is markup itself; that is the only way text gets in. */
export type Html = ReturnType<typeof html>;

/** No markup at all, for the branch of a template that shows nothing. */
export const nothing: Html = raw("");

/** A name or a phrase of somebody else's inside a line: its direction is its own. Blocks of such text have `dir="auto"`. */
export function phrase(text: string): Html {
  return html`<bdi>${text}</bdi>`;
}

/** A link that a payload names, if it leads to the web; else its text. Opened by the reader only. */
export function outsideLink(url: string, text: string = url): Html {
  if (!isWebUrl(url)) return phrase(text);
  return html`<a href="${url}" rel="noreferrer noopener nofollow" target="_blank"
    >${phrase(text)}</a
  >`;
}

/** Whether a text of unknown origin is an address of the web, and no script. */
export function isWebUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
