// The form that launches a run. What it takes is what POST /build takes: the limits are the API's own.
import { html } from "hono/html";
import { LIMITS } from "../../scenarios/request.ts";
import { keyNote } from "../../viewer/components/actions.ts";
import { field } from "../../viewer/components/field.ts";
import { section } from "../../viewer/components/section.ts";
import { nothing, type Html } from "../../viewer/html.ts";

export interface UploadLimits {
  readonly maxUploadFiles: number;
  readonly maxUploadBytes: number;
  /** `txt` */
  readonly fileTypes: readonly string[];
}

const SCOPES = [
  ["country", "Country"],
  ["region", "Region"],
  ["world", "World"],
] as const;

export function launchPart(uploads: UploadLimits): Html {
  return section({
    id: "launch",
    title: "Launch a run",
    lede: "A demo run takes seconds and costs nothing. It goes on when you leave, and can be cancelled.",
    body: html`<noscript>
        <p class="hint">
          Launching from here needs JavaScript, since a key is never put into an address. Without
          it:
          <code>POST /build</code> with your key in the header <code>X-Api-Key</code>.
        </p>
      </noscript>
      <form class="form launch" data-launch novalidate aria-labelledby="launch-title">
        ${field({
          name: "company",
          label: "Company (optional)",
          hint: "Whose strategies are tried. Without one, they are those of the place.",
          input: (attributes) =>
            html`<input ${attributes} type="text" dir="auto" maxlength="${LIMITS.words}" />`,
        })}
        ${whereFields()} ${modeField()} ${moreFields(uploads)}
        <p class="form-error" role="alert" hidden></p>
        <div class="buttons">
          <button type="submit" class="button primary">Launch</button>
          <p class="hint" role="status"></p>
        </div>
        ${keyNote("Launching needs a key.")}
      </form>`,
  });
}

function whereFields(): Html {
  return html`<div class="columns">
    ${field({
      name: "scope",
      label: "Scope",
      input: (attributes) =>
        html`<select ${attributes}>
          ${SCOPES.map(([value, text]) => html`<option value="${value}">${text}</option>`)}
        </select>`,
    })}
    ${field({
      name: "value",
      label: "Place",
      hint: "Such as Norway, Western Europe, or World.",
      input: (attributes) =>
        html`<input ${attributes} type="text" dir="auto" required maxlength="${LIMITS.words}" />`,
    })}
    ${field({
      name: "horizon",
      label: "Horizon in months",
      hint: `${LIMITS.minHorizon} to ${LIMITS.maxHorizon}.`,
      input: (attributes) =>
        html`<input
          ${attributes}
          type="number"
          inputmode="numeric"
          required
          min="${LIMITS.minHorizon}"
          max="${LIMITS.maxHorizon}"
          step="1"
          value="60"
        />`,
    })}
  </div>`;
}

function modeField(): Html {
  const choice = (value: string, title: string, text: string, isChosen: boolean): Html =>
    html`<label class="check">
      <input
        type="radio"
        name="mock"
        value="${value}"
        aria-describedby="error-mock"
        ${isChosen ? html`checked` : nothing}
      />
      <span><strong>${title}</strong> ${text}</span>
    </label>`;
  return html`<fieldset class="field" id="field-mock">
    <legend>Evidence</legend>
    ${choice("true", "Demo.", "Simulated, no model is asked: the same request gives the same report.", true)}
    ${choice("false", "Live.", "Reads the web and asks Gemini, which spends your Gemini key or the service’s.", false)}
    <p class="field-error" id="error-mock" hidden></p>
  </fieldset>`;
}

function moreFields({ maxUploadFiles, maxUploadBytes, fileTypes }: UploadLimits): Html {
  const megabytes = Math.floor((maxUploadBytes / 1_048_576) * 10) / 10;
  return html`<details class="more">
    <summary>Sources, documents and more</summary>
    <div class="form">
      ${field({
        name: "geography",
        label: "Geography (optional)",
        hint: "Where it differs from the place.",
        input: (attributes) =>
          html`<input ${attributes} type="text" dir="auto" maxlength="${LIMITS.words}" />`,
      })}
      ${field({
        name: "sources",
        label: "Sources (optional)",
        hint: `Addresses of the web to read, one a line, at most ${LIMITS.sources}. Demo runs read none.`,
        input: (attributes) =>
          html`<textarea
            ${attributes}
            rows="3"
            spellcheck="false"
            data-max-lines="${LIMITS.sources}"
            data-max-length="${LIMITS.sourceLength}"
          ></textarea>`,
      })}
      ${field({
        name: "input_docs",
        label: "Documents (optional)",
        hint: `At most ${maxUploadFiles} files of text (${fileTypes.join(", ")}), ${megabytes} MB each.`,
        input: (attributes) =>
          html`<input
            ${attributes}
            type="file"
            multiple
            accept="${fileTypes.map((type) => `.${type}`).join(",")}"
            data-max-files="${maxUploadFiles}"
            data-max-bytes="${maxUploadBytes}"
          />`,
      })}
      <label class="check">
        <input type="checkbox" name="generate_strategies" checked />
        Find strategies, and try them in the wind tunnel.
      </label>
      <label class="check">
        <input type="checkbox" name="force" />
        Run it anew, even where the same was run before.
      </label>
    </div>
  </details>`;
}
