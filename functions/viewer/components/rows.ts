import { html } from "hono/html";
import { nothing, phrase, type Html } from "../html.ts";

/** One of many things, which a click opens. */
export interface Row {
  readonly href: string;
  /** Somebody else's words. */
  readonly title: string;
  /** What tells it from others of the same title. */
  readonly about: readonly (Html | string)[];
  readonly state: Html;
  /** A box that chooses it, for the form around the list. */
  readonly pick?: { readonly name: string; readonly value: string; readonly label: string };
  readonly actions?: Html | undefined;
}

/** Things of one kind, one below the other. */
export function rows(label: string, all: readonly Row[]): Html {
  return html`<ol class="rows" aria-label="${label}">
    ${all.map(
      ({ href, title, about, state, pick, actions }) =>
        html`<li class="row">
          ${pick === undefined ? nothing : pickBox(pick)}
          <p class="row-title" dir="auto"><a href="${href}">${phrase(title)}</a></p>
          <p class="about">${about.map((each) => html`<span>${each}</span>`)}</p>
          <p class="row-state">${state}</p>
          ${actions === undefined ? nothing : html`<div class="row-actions">${actions}</div>`}
        </li>`,
    )}
  </ol>`;
}

function pickBox({ name, value, label }: NonNullable<Row["pick"]>): Html {
  return html`<label class="row-pick">
    <input type="checkbox" name="${name}" value="${value}" />
    <span class="unseen">${label}</span>
  </label>`;
}

export interface Pager {
  /** Absent on the first page. */
  readonly first: string | undefined;
  /** Absent on the last page. */
  readonly next: string | undefined;
}

/** From page to page of a list that only goes forward. */
export function pager({ first, next }: Pager): Html {
  if (first === undefined && next === undefined) return nothing;
  return html`<nav class="pager" aria-label="Pages of the list">
    ${first === undefined ? html`<span></span>` : html`<a href="${first}">Newest</a>`}
    ${next === undefined ? nothing : html`<a href="${next}" rel="next">Older</a>`}
  </nav>`;
}
