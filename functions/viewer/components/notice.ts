import { html } from "hono/html";
import { nothing, type Html } from "../html.ts";
import type { Tone } from "./badge.ts";

export interface Notice {
  /** Its anchor, where a live page may bring or take it. */
  readonly id?: string;
  readonly tone: Tone;
  readonly title: string;
  readonly body?: Html | string;
  readonly actions?: Html;
}

/** A few sentences that a reader must not miss, and what can be done about it. */
export function notice({ id, tone, title, body, actions }: Notice): Html {
  return html`<aside
    class="notice ${tone}"
    ${id === undefined ? nothing : html`id="${id}"`}
    aria-label="${title}"
  >
    <p class="notice-title">${title}</p>
    ${body === undefined ? nothing : html`<div class="notice-body" dir="auto">${body}</div>`}
    ${actions === undefined ? nothing : html`<p class="buttons">${actions}</p>`}
  </aside>`;
}

export interface EmptyState {
  readonly title: string;
  readonly body: Html | string;
  readonly actions?: Html;
}

/** What stands where there is nothing: why, and what brings something there. */
export function emptyState({ title, body, actions }: EmptyState): Html {
  return html`<div class="empty">
    <p class="empty-title">${title}</p>
    <p>${body}</p>
    ${actions === undefined ? nothing : html`<p class="buttons">${actions}</p>`}
  </div>`;
}
