import { html } from "hono/html";
import { nothing, type Html } from "../html.ts";

export interface Field {
  /** Of the form and of the page. */
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** The input, with `fieldAttributes(field)` in its tag. */
  readonly input: (attributes: Html) => Html;
}

/** A labelled input with its hint, and room for what is wrong with it. */
export function field({ name, label, hint, input }: Field): Html {
  const attributes = html`id="field-${name}" name="${name}"
  aria-describedby="${hint === undefined ? "" : `hint-${name} `}error-${name}"`;
  return html`<div class="field">
    <label for="field-${name}">${label}</label>
    ${input(attributes)}
    ${hint === undefined ? nothing : html`<p class="hint" id="hint-${name}">${hint}</p>`}
    <p class="field-error" id="error-${name}" hidden></p>
  </div>`;
}
