import { HEAT_COLOURS, heatStep } from "../../viewer/components/heat.ts";
import { PREVIEW, type Rectangle } from "../../viewer/picture.ts";
import type { Report } from "./report.ts";

export const PREVIEW_GROUND = "#fbfaf6";
const MARK = ["#9dc4bd", "#0b6b5d", "#9dc4bd", "#9dc4bd"] as const;
const MARGIN = 60;
const GAP = 10;
/** More would be too thin to see. */
const MAX_ROWS = 8;

/** A run in one look, without a word: its wind tunnel as colours, the most robust strategy first. Else the mark. */
export function previewOf(report: Report): Rectangle[] {
  const { evaluations, rankings } = report.wind_tunnel_evaluations_v2;
  const scenarios = [...new Set(evaluations.map(({ scenario_id: id }) => id))];
  const tested = new Set(evaluations.map(({ strategy_id: id }) => id));
  const ranked = rankings.overall.toSorted((a, b) => a.rank - b.rank);
  const rows = ranked.map(({ strategy_id: id }) => id).filter((id) => tested.has(id));
  if (rows.length === 0) return mark();
  const shown = rows.slice(0, MAX_ROWS);
  const scores = new Map(
    evaluations.map((each) => [`${each.strategy_id}\n${each.scenario_id}`, each.score_0_100]),
  );
  return shown.flatMap((row, y) =>
    scenarios.flatMap((column, x) => {
      const score = scores.get(`${row}\n${column}`);
      if (score === undefined) return [];
      return [
        { ...place(x, scenarios.length, y, shown.length), colour: HEAT_COLOURS[heatStep(score)] },
      ];
    }),
  );
}

function place(x: number, columns: number, y: number, rows: number): Omit<Rectangle, "colour"> {
  const width = (PREVIEW.width - 2 * MARGIN + GAP) / columns;
  const height = (PREVIEW.height - 2 * MARGIN + GAP) / rows;
  return {
    x: MARGIN + x * width,
    y: MARGIN + y * height,
    width: width - GAP,
    height: height - GAP,
  };
}

function mark(): Rectangle[] {
  const side = 180;
  const left = PREVIEW.width / 2 - side - GAP;
  const top = PREVIEW.height / 2 - side - GAP;
  return MARK.map((colour, at) => ({
    x: left + (at % 2) * (side + 2 * GAP),
    y: top + Math.floor(at / 2) * (side + 2 * GAP),
    width: side,
    height: side,
    colour,
  }));
}
