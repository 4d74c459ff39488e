import { html } from "hono/html";
import { heatOf } from "../../../viewer/components/heat.ts";
import { titledBullets } from "../../../viewer/components/list.ts";
import { emptyState, notice } from "../../../viewer/components/notice.ts";
import { section } from "../../../viewer/components/section.ts";
import { number } from "../../../viewer/format.ts";
import { nothing, phrase, type Html } from "../../../viewer/html.ts";
import type { RunLinks } from "../links.ts";
import { matrixOf, type Matrix } from "../matrix.ts";
import type { Evaluation, Report, Scenario } from "../report.ts";

/** Four worlds out of two axes, and the story of each. */
export function scenariosPart(report: Report, links: RunLinks): Html {
  const { scenarios } = report;
  const matrix = matrixOf(report);
  if (scenarios.length === 0) {
    return section({
      id: "scenarios",
      title: "Scenarios",
      body: emptyState({ title: "No scenarios", body: "This run ended before it told any." }),
    });
  }
  return section({
    id: "scenarios",
    title: "Scenarios",
    lede:
      matrix === undefined
        ? "What the company’s world may become."
        : html`Two uncertainties that matter most, ${phrase(lower(matrix.across.axis_name))} and
          ${phrase(lower(matrix.up.axis_name))}, can each go either way: four worlds.`,
    body: [
      matrix === undefined
        ? notice({ tone: "warn", title: "These scenarios stand on no two axes of this run." })
        : matrixGrid(matrix, report),
      html`<div class="stories">${scenarios.map((each) => story(each, links))}</div>`,
    ],
  });
}

function lower(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

function matrixGrid({ across, up, quadrants, unplaced }: Matrix, report: Report): Html {
  return html`<figure class="matrix" aria-label="Scenario matrix">
      <p class="pole top" dir="auto"><span class="axis-name">${up.axis_name}</span> ${up.pole_b}</p>
      <p class="pole left" dir="auto"><span>${across.pole_a}</span></p>
      <div class="quadrants">
        ${quadrants.map(
          (here) =>
            html`<div class="quadrant">
              ${
                here.length === 0
                  ? html`<p class="hint">No scenario says that it is here.</p>`
                  : here.map((each) => quadrant(each, report))
              }
            </div>`,
        )}
      </div>
      <p class="pole right" dir="auto">
        <span>${across.pole_b} <span class="axis-name">${across.axis_name}</span></span>
      </p>
      <p class="pole bottom" dir="auto">${up.pole_a}</p>
    </figure>
    ${
      unplaced.length === 0
        ? nothing
        : notice({
            tone: "warn",
            title: "Not in the matrix",
            body: `${unplaced.map(({ name }) => name).join(", ")}: the states do not name a pole of these axes.`,
          })
    }`;
}

function quadrant({ scenario_id: id, name, narrative }: Scenario, report: Report): Html {
  const best = bestIn(id, report.wind_tunnel_evaluations_v2.evaluations);
  return html`<a class="quadrant-link" href="#scenario-${id}">
    <span class="kicker">${id}</span>
    <span class="quadrant-name" dir="auto">${name}</span>
    <span class="quadrant-text" dir="auto">${opening(narrative)}</span>
    ${
      best === undefined
        ? nothing
        : html`<span class="quadrant-best">
            <span class="mark ${heatOf(best.score_0_100)}">${number(best.score_0_100)}</span>
            <span>best: ${phrase(best.strategy_name)}</span>
          </span>`
    }
  </a>`;
}

function bestIn(scenario: string, evaluations: readonly Evaluation[]): Evaluation | undefined {
  return evaluations
    .filter(({ scenario_id: id }) => id === scenario)
    .sort((a, b) => b.score_0_100 - a.score_0_100)[0];
}

const OPENING = 180;

function opening(text: string): string {
  return text.length <= OPENING ? text : `${text.slice(0, OPENING).replace(/\s+\S*$/u, "")}…`;
}

function story(scenario: Scenario, links: RunLinks): Html {
  const { scenario_id: id, name, narrative, axis_states: states } = scenario;
  return html`<article class="story" id="scenario-${id}">
    <header>
      <p class="kicker">${id}${Object.values(states).map((state) => html` · ${phrase(state)}`)}</p>
      <h3 dir="auto">${name}</h3>
    </header>
    ${picture(scenario, links)}
    <div class="prose" dir="auto">${paragraphs(narrative)}</div>
    <div class="pair">
      ${titledBullets("Signposts", scenario.signposts)}
      ${titledBullets("What it means", scenario.implications)}
      ${titledBullets("Right in any case", scenario.no_regret_moves)}
      ${titledBullets("If it comes", scenario.contingent_moves)}
    </div>
    ${
      scenario.story_text === ""
        ? nothing
        : html`<details>
            <summary>A day in this world</summary>
            <div class="prose" dir="auto">${paragraphs(scenario.story_text)}</div>
          </details>`
    }
  </article>`;
}

function paragraphs(text: string): Html[] {
  return text
    .split(/\n\s*\n/)
    .filter((each) => each.trim() !== "")
    .map((each) => html`<p>${each}</p>`);
}

function picture({ name, image_artifact_path: path }: Scenario, links: RunLinks): Html {
  const file = path.split("/").at(-1) ?? "";
  if (!links.pictures.has(file)) return nothing;
  const src = links.pathOf(file);
  const alt = `How ${name} might look`;
  return html`<figure class="picture">
    ${
      links.areKeyed
        ? html`<img data-keyed-src="${src}" alt="${alt}" loading="lazy" />`
        : html`<img src="${src}" alt="${alt}" loading="lazy" />`
    }
  </figure>`;
}
