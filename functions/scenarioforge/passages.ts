import { isRecord } from "../scenarios/json.ts";

/** A piece of a run's artifacts that can be the answer to a question. */
export interface Passage {
  /** `scenarios/S1` */
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

/** Lists of a view model: what tells its items apart, how each is called, and what is said of it. */
const LISTS: readonly (readonly [
  list: string,
  id: string,
  title: string,
  texts: readonly string[],
])[] = [
  [
    "scenarios",
    "scenario_id",
    "name",
    ["narrative", "signposts", "implications", "no_regret_moves"],
  ],
  ["strategies", "id", "name", ["objective", "actions", "kpis", "risks"]],
  ["forces", "force_id", "label", ["domain", "mechanism", "directionality"]],
  ["driving_forces", "force_id", "label", ["domain", "mechanism", "description"]],
  ["uncertainty_axes", "axis_id", "axis_name", ["pole_a", "pole_b", "what_would_change_mind"]],
  ["clusters", "cluster_id", "cluster_label", ["centroid_summary", "underlying_dynamic"]],
  ["evidence_units", "evidence_unit_id", "title", ["summary", "claims", "publisher"]],
];

/** Single objects of a view model, and what is said there. */
const OBJECTS: readonly (readonly [name: string, title: string, texts: readonly string[]])[] = [
  ["focal_issue", "Focal issue", ["focal_issue", "decision_type", "success_criteria"]],
  ["charter", "Charter", ["title", "purpose", "decision_context", "assumptions"]],
  [
    "company_profile",
    "Company",
    ["company_name", "geography", "industry", "annual_report_summary"],
  ],
];

const MAX_PASSAGES = 200;
const MAX_TEXT = 4_000;

export function passagesOf(model: Readonly<Record<string, unknown>>): Passage[] {
  const objects = OBJECTS.flatMap(([name, title, texts]) => {
    const value = model[name];
    return isRecord(value) ? [{ id: name, title, text: textOf(value, texts) }] : [];
  });
  const items = LISTS.flatMap(([list, id, title, texts]) => {
    const values = model[list];
    return (Array.isArray(values) ? values : []).filter(isRecord).map((value, at) => ({
      id: `${list}/${wordIn(value[id]) ?? at}`,
      title: wordIn(value[title]) ?? list,
      text: textOf(value, texts),
    }));
  });
  return [...objects, ...recommendation(model), ...items]
    .filter(({ text }) => text !== "")
    .slice(0, MAX_PASSAGES);
}

function recommendation(model: Readonly<Record<string, unknown>>): Passage[] {
  const evaluations = model.wind_tunnel_evaluations_v2;
  const all = isRecord(evaluations) ? evaluations.recommendations : undefined;
  const primary = isRecord(all) ? all.primary_recommended_strategy : undefined;
  if (!isRecord(primary)) return [];
  const text = textOf(primary, ["strategy_name", "rationale"]);
  return [{ id: "recommendation", title: "Recommended strategy", text }];
}

function textOf(value: Readonly<Record<string, unknown>>, names: readonly string[]): string {
  return names
    .flatMap((name) => value[name])
    .filter((each): each is string => typeof each === "string" && each !== "")
    .join(" ")
    .slice(0, MAX_TEXT);
}

function wordIn(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value.slice(0, 300) : undefined;
}
