import { html } from "hono/html";
import { clock, counted, duration } from "../format.ts";
import { nothing, type Html } from "../html.ts";
import { badge, type Tone } from "./badge.ts";

/** One try of a step. */
export interface Attempt {
  readonly number: number;
  readonly state: StepState;
  readonly beganAt?: string | undefined;
  readonly seconds?: number | undefined;
  /** Why it failed, in somebody else's words. */
  readonly error?: string | undefined;
}

export type StepState = "waiting" | "running" | "done" | "skipped" | "kept" | "failed";

export interface Step {
  /** `wind_tunnel` */
  readonly name: string;
  readonly title: string;
  /** What it is for. */
  readonly purpose: string;
  readonly state: StepState;
  /** The last one decides on the state. */
  readonly attempts: readonly Attempt[];
  /** What helps, where it failed. */
  readonly help?: Html | undefined;
  /** Further words on the right: what it cost. */
  readonly note?: string | undefined;
}

const STATES: Readonly<Record<StepState, readonly [text: string, tone: Tone]>> = {
  waiting: ["Waiting", "plain"],
  running: ["Running", "busy"],
  done: ["Done", "good"],
  skipped: ["Skipped", "plain"],
  kept: ["Kept from before", "plain"],
  failed: ["Failed", "bad"],
};

/** Steps in their order, with every attempt of those that took several. */
export function timeline(steps: readonly Step[]): Html {
  return html`<ol class="timeline">
    ${steps.map(stepItem)}
  </ol>`;
}

function stepItem({ name, title, purpose, state, attempts, help, note }: Step): Html {
  const [text, tone] = STATES[state];
  const last = attempts.at(-1);
  const took = last?.seconds === undefined || state === "waiting" ? "" : duration(last.seconds);
  return html`<li class="step ${state}" id="node-${name}">
    <div class="step-line">
      <strong>${title}</strong>
      <span class="step-purpose">${purpose}</span>
      <span class="step-state"
        >${state === "done" ? html`<span class="unseen">${text}</span>` : badge(text, tone)}</span
      >
      <span class="num">${state === "running" || state === "skipped" ? "" : took}</span>
      ${note === undefined ? nothing : html`<span class="num">${note}</span>`}
    </div>
    ${attempts.length > 1 || last?.state === "failed" ? attemptList(attempts) : nothing}
    ${help === undefined ? nothing : html`<div class="step-help">${help}</div>`}
  </li>`;
}

function attemptList(attempts: readonly Attempt[]): Html {
  return html`<details
    class="attempts"
    ${attempts.at(-1)?.state === "failed" ? html`open` : nothing}
  >
    <summary>${counted(attempts.length, "attempt")}</summary>
    <ol>
      ${attempts.map(
        ({ number: which, state, beganAt, seconds, error }) =>
          html`<li>
            <span class="num">${which}</span>
            ${badge(...STATES[state])}
            <span class="num">${clock(beganAt) ?? ""}</span>
            <span class="num">${seconds === undefined ? "" : duration(seconds)}</span>
            ${
              error === undefined || error === ""
                ? nothing
                : html`<p class="error" dir="auto">${error}</p>`
            }
          </li>`,
      )}
    </ol>
  </details>`;
}
