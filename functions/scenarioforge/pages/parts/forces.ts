import { html } from "hono/html";
import { plot } from "../../../viewer/charts/plot.ts";
import { chartFrame } from "../../../viewer/components/chart.ts";
import { emptyState } from "../../../viewer/components/notice.ts";
import { section } from "../../../viewer/components/section.ts";
import { table } from "../../../viewer/components/table.ts";
import { counted, number } from "../../../viewer/format.ts";
import { phrase, type Html } from "../../../viewer/html.ts";
import type { RunLinks } from "../links.ts";
import type { Force, Report } from "../report.ts";

/** In the chart: what a reader can take in. */
const CHARTED = 12;
/** In the table: a run may have hundreds, and the rest is in its file. */
const LISTED = 60;

interface Weighed extends Force {
  readonly score: number | undefined;
  readonly emergence: number | undefined;
  readonly impact: number | undefined;
  readonly evidence: number | undefined;
}

/** What drives the company’s world, the strongest first. */
export function forcesPart(report: Report, { forces: file }: RunLinks): Html {
  const forces = weighed(report);
  const charted = forces.filter(({ score }) => score !== undefined).slice(0, CHARTED);
  const { counts } = report.retrieval_report;
  const evidence = counts.total === undefined ? "" : `, out of ${counted(counts.total, "source")}`;
  return section({
    id: "forces",
    title: "Forces",
    lede: `${counted(forces.length, "force")}${evidence}. Each is weighed by how new it is, how hard it hits, and how well it is attested.`,
    body:
      forces.length === 0
        ? emptyState({ title: "No forces", body: "This run found nothing that drives its world." })
        : charted.length === 0
          ? forcesList(forces, file)
          : forcesChart(charted, forcesList(forces, file)),
  });
}

function weighed({ forces, forces_ranked: ranked }: Report): Weighed[] {
  const byId = new Map(ranked.forces.map((each) => [each.force_id, each]));
  return forces
    .map((force) => {
      const weights = byId.get(force.force_id);
      return {
        ...force,
        score: weights?.ebe_score,
        emergence: weights?.E_emergence,
        impact: weights?.B_business_impact,
        evidence: weights?.E_evidence_strength,
      };
    })
    .sort((a, b) => (b.score ?? 0) - (a.score ?? 0));
}

/** As many as a reader goes through, and where the others are. */
function forcesList(forces: readonly Weighed[], file: Html): Html {
  if (forces.length <= LISTED) return forcesTable(forces);
  return html`${forcesTable(forces.slice(0, LISTED))}
    <p class="hint">
      The first ${LISTED} of ${number(forces.length)}. The others are in ${file}.
    </p>`;
}

function forcesChart(forces: readonly Weighed[], list: Html): Html {
  const draw = (width: number) =>
    plot((Plot) => {
      const rows = forces.map(({ force_id: id, label, score = 0, domain }) => ({
        id,
        name: shortened(label, width < 500 ? 44 : 80),
        domain,
        score,
      }));
      return {
        width,
        height: rows.length * 38 + 30,
        marginLeft: 5,
        marginRight: 34,
        marginTop: 4,
        marginBottom: 26,
        x: { domain: [0, 5], label: null, ticks: 5 },
        y: { domain: rows.map(({ id }) => id), label: null, axis: null, padding: 0.2 },
        marks: [
          Plot.gridX({ ticks: 5, stroke: "var(--rule)", strokeOpacity: 1 }),
          Plot.axisX({ ticks: 5, tickSize: 0, fontSize: 11, fill: "var(--ink-soft)" }),
          Plot.ruleY(rows, {
            y: "id",
            x1: 0,
            x2: "score",
            stroke: "var(--accent)",
            strokeWidth: 5,
            dy: 9,
          }),
          Plot.text(rows, {
            y: "id",
            x: 0,
            text: "name",
            textAnchor: "start",
            fontSize: 13,
            fill: "var(--ink)",
            dy: -5,
          }),
          Plot.text(rows, {
            y: "id",
            x: "score",
            text: ({ score }: { score: number }) => number(score, 1),
            textAnchor: "start",
            fontSize: 12,
            fontWeight: 600,
            fill: "var(--ink)",
            dx: 6,
            dy: 9,
          }),
        ],
      };
    });
  return chartFrame({
    title: `The ${counted(forces.length, "strongest force")}`,
    note: "Weight from 0 to 5: two fifths emergence, two fifths business impact, one fifth evidence.",
    wide: draw(760),
    narrow: draw(340),
    table: list,
  });
}

function forcesTable(forces: readonly Weighed[]): Html {
  const figure = (value: number | undefined): string =>
    value === undefined ? "–" : number(value, 1);
  return table({
    caption: "Forces by weight",
    hidesCaption: true,
    columns: [
      {
        title: "Force",
        cell: ({ label, mechanism }) =>
          html`${phrase(label)}<span class="under" dir="auto">${mechanism}</span>`,
      },
      { title: "Domain", cell: ({ domain }) => domain },
      { title: "Layer", cell: ({ layer }) => layer },
      { title: "Emergence", isNumber: true, cell: ({ emergence }) => figure(emergence) },
      { title: "Impact", isNumber: true, cell: ({ impact }) => figure(impact) },
      { title: "Evidence", isNumber: true, cell: ({ evidence }) => figure(evidence) },
      { title: "Weight", isNumber: true, cell: ({ score }) => figure(score) },
    ],
    rows: forces,
  });
}

function shortened(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).trimEnd()}…`;
}
