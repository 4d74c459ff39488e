import { html } from "hono/html";
import { nothing, type Html } from "../html.ts";

export interface AskButton {
  readonly text: string;
  /** `POST /runs/r1/clone` */
  readonly ask: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Where to go then, with members of the answer in braces, or `reload`. */
  readonly then: string;
  /** Asked before it is done. */
  readonly confirm?: string;
  readonly isPrimary?: boolean;
}

/** A button that asks the API for something with the tab's key. Without one it opens the key dialog. */
export function askButton({ text, ask, body, then, confirm, isPrimary = false }: AskButton): Html {
  return html`<button
    type="button"
    class="button ${isPrimary ? "primary" : ""}"
    data-ask="${ask}"
    data-then="${then}"
    ${body === undefined ? nothing : html`data-body="${JSON.stringify(body)}"`}
    ${confirm === undefined ? nothing : html`data-confirm="${confirm}"`}
  >
    ${text}
  </button>`;
}

/** A file of the service. Where a key is needed, it is fetched with the tab's and saved; else it is a plain link. */
export function fileLink(path: string, text: string, isKeyed: boolean): Html {
  return isKeyed
    ? html`<a href="${path}" data-keyed-href="${path}">${text}</a>`
    : html`<a href="${path}">${text}</a>`;
}

/** Says what a key is wanted for, and opens the dialog for it. Gone as soon as the tab has one. */
export function keyNote(text: string): Html {
  return html`<p class="key-note" data-unkeyed>
    ${text} <button type="button" class="link" data-open-key>Enter a key</button>
  </p>`;
}
