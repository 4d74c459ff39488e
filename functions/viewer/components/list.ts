import { html } from "hono/html";
import { nothing, type Html } from "../html.ts";

/** Sentences of somebody else's, one below the other; nothing where there are none. */
export function bullets(texts: readonly string[]): Html {
  if (texts.length === 0) return nothing;
  return html`<ul class="bullets">
    ${texts.map((text) => html`<li dir="auto">${text}</li>`)}
  </ul>`;
}

/** The same under a small heading. */
export function titledBullets(title: string, texts: readonly string[]): Html {
  if (texts.length === 0) return nothing;
  return html`<div class="titled">
    <h4>${title}</h4>
    ${bullets(texts)}
  </div>`;
}

/** Short words in a row. */
export function chips(texts: readonly string[]): Html {
  if (texts.length === 0) return nothing;
  return html`<ul class="chips">
    ${texts.map((text) => html`<li dir="auto">${text}</li>`)}
  </ul>`;
}
