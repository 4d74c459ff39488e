import { html } from "hono/html";
import { nothing, type Html } from "../html.ts";

export interface Hero {
  /** Small, above the title: what kind of page this is, with its state. */
  readonly kicker: Html;
  readonly title: string;
  /** The one paragraph that is read if nothing else is. */
  readonly standfirst?: string | undefined;
  readonly facts?: Html;
  /** What can be done with all of it. */
  readonly actions?: Html;
  /** The answer, beside the question. */
  readonly aside?: Html | undefined;
}

/** The top of a page. Title and standfirst may be somebody else's words. */
export function hero({ kicker, title, standfirst, facts, actions, aside }: Hero): Html {
  return html`<header class="hero ${aside === undefined ? "" : "with-aside"}" id="top">
    <div class="hero-text">
      <p class="kicker">${kicker}</p>
      <h1 dir="auto">${title}</h1>
      ${
        standfirst === undefined || standfirst === ""
          ? nothing
          : html`<p class="standfirst" dir="auto">${standfirst}</p>`
      }
      ${facts ?? nothing}
      ${actions === undefined ? nothing : html`<div class="hero-actions">${actions}</div>`}
    </div>
    ${aside ?? nothing}
  </header>`;
}
