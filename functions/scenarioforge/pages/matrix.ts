// Where each scenario stands: by the states of its axes, never by its place in a list (contract, 9.30).
import type { Axis, Report, Scenario } from "./report.ts";

export interface Matrix {
  /** From left, `pole_a`, to right. */
  readonly across: Axis;
  /** From below, `pole_a`, to above. */
  readonly up: Axis;
  /** In reading order: above left, above right, below left, below right. Empty where no scenario says it is there. */
  readonly quadrants: readonly (readonly Scenario[])[];
  /** Those whose states name no pole of these axes. */
  readonly unplaced: readonly Scenario[];
}

/** Undefined where there are no two axes on which the scenarios stand. */
export function matrixOf({ scenarios, uncertainty_axes: axes }: Report): Matrix | undefined {
  const ids = [...new Set(scenarios.flatMap(({ axis_states: states }) => Object.keys(states)))];
  const [across, up] = axes
    .filter(({ axis_id: id }) => ids.includes(id))
    .sort((a, b) => ids.indexOf(a.axis_id) - ids.indexOf(b.axis_id));
  if (across === undefined || up === undefined) return undefined;
  const quadrants: Scenario[][] = [[], [], [], []];
  const unplaced: Scenario[] = [];
  for (const scenario of scenarios) {
    const column = poleOf(across, scenario);
    const row = poleOf(up, scenario);
    const place = column === undefined || row === undefined ? undefined : (1 - row) * 2 + column;
    (quadrants[place ?? -1] ?? unplaced).push(scenario);
  }
  return { across, up, quadrants, unplaced };
}

/** 0 for `pole_a`, 1 for `pole_b`. */
function poleOf({ axis_id: id, pole_a: a, pole_b: b }: Axis, { axis_states: states }: Scenario) {
  const plain = (text: string): string => text.trim().toLowerCase();
  const state = plain((Object.hasOwn(states, id) ? states[id] : undefined) ?? "");
  if (state === plain(a) && state !== "") return 0;
  return state === plain(b) && state !== "" ? 1 : undefined;
}
