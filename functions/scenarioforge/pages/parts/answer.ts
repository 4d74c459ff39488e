import { html } from "hono/html";
import { heatOf } from "../../../viewer/components/heat.ts";
import { counted, number } from "../../../viewer/format.ts";
import { nothing, type Html } from "../../../viewer/html.ts";
import type { Report } from "../report.ts";

/** The answer in one look: the recommended strategy, and how it does in every scenario. Undefined where there is none. */
export function answerCard(report: Report): Html | undefined {
  const { evaluations, rankings, recommendations } = report.wind_tunnel_evaluations_v2;
  const primary = recommendations.primary_recommended_strategy;
  if (primary === undefined || primary.strategy_name === "") return undefined;
  const own = evaluations.filter(({ strategy_id: id }) => id === primary.strategy_id);
  const ranked = rankings.overall.find(({ strategy_id: id }) => id === primary.strategy_id);
  return html`<aside class="answer-card" aria-label="The recommended strategy">
    <p class="kicker">
      Recommended, of ${counted(rankings.overall.length, "strategy", "strategies")}
    </p>
    <p class="verdict-name" dir="auto">${primary.strategy_name}</p>
    <ul class="strip">
      ${own.map(
        ({ scenario_id: id, scenario_name: name, score_0_100: score }) =>
          html`<li class="${heatOf(score)}">
            <a href="#scenario-${id}"
              ><span class="score">${number(score)}</span
              ><span class="in-scenario">${id}<span class="unseen">: ${name}</span></span></a
            >
          </li>`,
      )}
    </ul>
    ${
      ranked === undefined
        ? nothing
        : html`<dl class="facts">
            <div>
              <dt>Mean</dt>
              <dd>${number(ranked.overall_score, 1)}</dd>
            </div>
            <div>
              <dt>Worst</dt>
              <dd>${number(ranked.min_score, 1)}</dd>
            </div>
            <div>
              <dt>Robustness</dt>
              <dd>${number(ranked.robustness_index, 1)}</dd>
            </div>
          </dl>`
    }
  </aside>`;
}
