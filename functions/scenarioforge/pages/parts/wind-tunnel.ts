import { html } from "hono/html";
import { plot } from "../../../viewer/charts/plot.ts";
import { chartFrame } from "../../../viewer/components/chart.ts";
import { heatLegend, heatOf } from "../../../viewer/components/heat.ts";
import { titledBullets } from "../../../viewer/components/list.ts";
import { emptyState } from "../../../viewer/components/notice.ts";
import { section } from "../../../viewer/components/section.ts";
import { table } from "../../../viewer/components/table.ts";
import { counted, number } from "../../../viewer/format.ts";
import { nothing, phrase, type Html } from "../../../viewer/html.ts";
import type { RunLinks } from "../links.ts";
import { forceNamer, type Evaluation, type Ranked, type Report } from "../report.ts";

interface Named {
  readonly id: string;
  readonly name: string;
}

interface Cell extends Evaluation {
  /** By its place: ids of others may hold anything. */
  readonly popover: string;
}

interface Tunnel {
  readonly scenarios: readonly Named[];
  /** The most robust first. */
  readonly strategies: readonly (Named & { readonly ranked: Ranked | undefined })[];
  readonly cells: ReadonlyMap<string, Cell>;
}

const keyOf = (strategy: string, scenario: string): string => `${strategy}\n${scenario}`;

/** Every strategy in every scenario. */
export function windTunnelPart(report: Report, { scores }: RunLinks): Html {
  const tunnel = tunnelOf(report);
  const { strategies, scenarios } = tunnel;
  if (strategies.length === 0) {
    const wasAsked = report.strategies.length > 0;
    return section({
      id: "wind-tunnel",
      title: "Wind tunnel",
      body: emptyState({
        title: "Nothing was tested",
        body: wasAsked
          ? "There are strategies, but the run ended before they were tested."
          : "This run was asked for scenarios only: a new run with strategies puts them through these worlds.",
      }),
    });
  }
  return section({
    id: "wind-tunnel",
    title: "Wind tunnel",
    lede: `${counted(strategies.length, "strategy", "strategies")} in ${counted(scenarios.length, "scenario")}, scored from 0 to 100. A strategy is robust when its worst world is still a fair one.`,
    body: [
      heatmap(tunnel),
      rangeChart(tunnel),
      html`<p class="hint">${scores}</p>`,
      behind(tunnel, report),
    ],
  });
}

function tunnelOf(report: Report): Tunnel {
  const { evaluations, rankings } = report.wind_tunnel_evaluations_v2;
  const tested = new Map(
    evaluations.map((each) => [keyOf(each.strategy_id, each.scenario_id), each]),
  );
  const cells = new Map(
    [...tested].map(([key, each], at) => [key, { ...each, popover: `cell-${at + 1}` }]),
  );
  const scenarios = unique(
    evaluations.map(({ scenario_id: id, scenario_name: name }) => ({ id, name })),
  );
  const rankedById = new Map(rankings.overall.map((each) => [each.strategy_id, each]));
  const strategies = unique(
    evaluations.map(({ strategy_id: id, strategy_name: name }) => ({ id, name })),
  )
    .map((each) => ({ ...each, ranked: rankedById.get(each.id) }))
    .sort((a, b) => (a.ranked?.rank ?? Infinity) - (b.ranked?.rank ?? Infinity));
  return { scenarios, strategies, cells };
}

function unique(all: readonly Named[]): Named[] {
  return [...new Map(all.map((each) => [each.id, each])).values()];
}

/** The heat map is its own table: nothing in it is said by colour alone. */
function heatmap({ scenarios, strategies, cells }: Tunnel): Html {
  return html`<div class="heatmap">
    <div class="scroll" role="region" aria-label="Scores of strategies in scenarios" tabindex="0">
      <table>
        <caption class="unseen">
          Scores of strategies in scenarios
        </caption>
        <thead>
          <tr>
            <th scope="col">Strategy</th>
            ${scenarios.map(
              ({ id, name }) =>
                html`<th scope="col"><span class="id">${id}</span> ${phrase(name)}</th>`,
            )}
            <th scope="col" class="num">Mean</th>
            <th scope="col" class="num">Robust&shy;ness</th>
          </tr>
        </thead>
        <tbody>
          ${strategies.map(
            ({ id, name, ranked }) =>
              html`<tr>
                <th scope="row" dir="auto">${name}</th>
                ${scenarios.map((scenario) => heatCell(keyOf(id, scenario.id), cells))}
                <td class="plain num">
                  ${ranked === undefined ? "–" : number(ranked.overall_score, 1)}
                </td>
                <td class="plain num">
                  <strong
                    >${ranked === undefined ? "–" : number(ranked.robustness_index, 1)}</strong
                  >
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${heatLegend("breaks", "thrives")}
  </div>`;
}

function heatCell(key: string, cells: Tunnel["cells"]): Html {
  const cell = cells.get(key);
  if (cell === undefined) return html`<td class="plain">not tested</td>`;
  const { score_0_100: score, grade_letter: grade, outcome_label: outcome } = cell;
  return html`<td class="${heatOf(score)}">
    <button type="button" class="cell" popovertarget="${cell.popover}">
      <span class="score">${number(score)}</span> <span class="grade">${grade}</span>
      <span class="outcome" dir="auto">${outcome}</span>
    </button>
  </td>`;
}

/** In the chart: the table has all. */
const CHARTED = 12;

/** How far apart the worlds are for each strategy. */
function rangeChart({ scenarios, strategies: all, cells }: Tunnel): Html {
  const strategies = all.slice(0, CHARTED);
  const points = strategies.flatMap(({ id, name }) =>
    scenarios.flatMap((scenario) => {
      const cell = cells.get(keyOf(id, scenario.id));
      return cell === undefined
        ? []
        : [{ id, name, scenario: scenario.id, score: cell.score_0_100 }];
    }),
  );
  const draw = (width: number) =>
    plot((Plot) => ({
      width,
      height: strategies.length * 46 + 34,
      marginLeft: 8,
      marginRight: 12,
      marginTop: 6,
      marginBottom: 28,
      x: { domain: [0, 100], label: null },
      y: { domain: strategies.map(({ id }) => id), axis: null, label: null, padding: 0.1 },
      marks: [
        Plot.gridX({ ticks: 5, stroke: "var(--rule)", strokeOpacity: 1 }),
        Plot.axisX({ ticks: 5, tickSize: 0, fontSize: 11, fill: "var(--ink-soft)" }),
        Plot.text(strategies, {
          y: "id",
          x: 0,
          text: "name",
          textAnchor: "start",
          fontSize: 13,
          fill: "var(--ink)",
          dy: -11,
        }),
        Plot.ruleY(
          points,
          Plot.groupY(
            { x1: "min", x2: "max" },
            { x: "score", y: "id", stroke: "var(--accent)", strokeWidth: 2, dy: 8 },
          ),
        ),
        Plot.dot(points, {
          x: "score",
          y: "id",
          r: 4.5,
          fill: "var(--accent)",
          stroke: "var(--paper)",
          strokeWidth: 1.5,
          dy: 8,
        }),
        Plot.tickX(
          points,
          Plot.groupY(
            { x: "mean" },
            {
              x: "score",
              y: "id",
              stroke: "var(--ink)",
              strokeWidth: 2,
              insetTop: 20,
              insetBottom: 4,
            },
          ),
        ),
      ],
    }));
  return chartFrame({
    title:
      all.length > CHARTED
        ? `From the worst world to the best: the ${CHARTED} most robust`
        : "From the worst world to the best",
    note: "One dot for each scenario; the upright line is the mean. The shorter the line, the less the future matters.",
    wide: draw(760),
    narrow: draw(340),
    table: rankingTable(all),
  });
}

function rankingTable(strategies: Tunnel["strategies"]): Html {
  const ranked = strategies.flatMap((each) => (each.ranked === undefined ? [] : [each.ranked]));
  return table({
    caption: "Strategies by robustness",
    hidesCaption: true,
    columns: [
      { title: "Strategy", cell: ({ strategy_name: name }) => phrase(name) },
      { title: "Rank", isNumber: true, cell: ({ rank }) => number(rank) },
      { title: "Mean", isNumber: true, cell: ({ overall_score: mean }) => number(mean, 1) },
      { title: "Worst", isNumber: true, cell: ({ min_score: min }) => number(min, 1) },
      {
        title: "Variance",
        isNumber: true,
        cell: ({ variance }) => (variance === undefined ? "–" : number(variance, 1)),
      },
      {
        title: "Robustness",
        isNumber: true,
        cell: ({ robustness_index: index }) => number(index, 1),
      },
    ],
    rows: ranked,
  });
}

function behind({ cells }: Tunnel, report: Report): Html {
  const labels = new Map(report.forces.map(({ force_id: id, label }) => [id, label]));
  const withNames = forceNamer(report);
  return html`<div class="popovers">
    ${[...cells.values()].map(
      (cell) =>
        html`<div
          id="${cell.popover}"
          popover
          class="popover"
          role="dialog"
          aria-label="Why this score"
        >
          <p class="kicker">
            ${number(cell.score_0_100, 1)} · ${cell.grade_letter} ·
            ${phrase(cell.outcome_label)}${
              cell.confidence_0_1 === undefined
                ? nothing
                : html` · confidence ${number(cell.confidence_0_1 * 100)} %`
            }
          </p>
          <h3 dir="auto">${cell.strategy_name} <span class="in">in</span> ${cell.scenario_name}</h3>
          ${titledBullets(
            "Why",
            cell.rationale_bullets
              // They stand below.
              .filter((text) => !text.startsWith("Dominant forces:"))
              .map(withNames),
          )}
          ${titledBullets(
            "Forces at work",
            cell.dominant_forces.map((id) => labels.get(id) ?? id),
          )}
          ${titledBullets("Assumptions that fail", cell.failed_assumptions)}
          ${titledBullets("What would break it", cell.break_conditions_triggered)}
        </div>`,
    )}
  </div>`;
}
