// What differs between two runs, of their view models.
import { isRecord } from "../../scenarios/json.ts";
import { forceNamer, reportOf, type Ranked, type Report, type Scenario } from "./report.ts";

export interface Comparison {
  readonly request: readonly Setting[];
  readonly scenarios: readonly ScenarioPair[];
  readonly strategies: readonly StrategyPair[];
  readonly recommended: Both<Recommendation | undefined>;
  /** In the order in which both have them, those of the first run first. */
  readonly actions: readonly ActionGroup[];
}

/** What one run has and what the other has. */
export interface Both<T> {
  readonly a: T;
  readonly b: T;
}

/** Something that a run was launched with. Empty where it was left out or is not known. */
export interface Setting extends Both<string> {
  readonly name: string;
}

/** Scenarios of the same corner of the same axes, else of the same name; others stand alone. */
export interface ScenarioPair extends Both<Scenario | undefined> {
  /** The poles where it stands: `Tight capital`, `Weak demand`. */
  readonly corner: readonly string[];
}

/** Strategies of the same name. */
export interface StrategyPair extends Both<Ranked | undefined> {
  readonly name: string;
}

export interface Recommendation {
  readonly name: string;
  readonly rationale: string;
}

export interface ActionGroup {
  readonly kind: "hardening" | "hedges" | "triggers";
  readonly actions: readonly {
    readonly text: string;
    readonly isInA: boolean;
    readonly isInB: boolean;
  }[];
}

/** `a`, `b`: view models with their run_meta (contract, 2.9). What cannot be read of one is as if it were not there. */
export function comparisonOf(a: unknown, b: unknown): Comparison {
  const reports = { a: reportOf(a), b: reportOf(b) };
  return {
    request: settingsOf(a, b),
    scenarios: pairs(reports, ({ scenarios }) => scenarios, [cornerKey, ({ name }) => name]).map(
      (pair) => ({ ...pair, corner: cornerOf(pair.a ?? pair.b) }),
    ),
    strategies: pairs(reports, rankedIn, [({ strategy_name: name }) => name]).map((pair) => ({
      ...pair,
      name: pair.a?.strategy_name ?? pair.b?.strategy_name ?? "",
    })),
    recommended: { a: recommendedIn(reports.a), b: recommendedIn(reports.b) },
    actions: (["hardening", "hedges", "triggers"] as const).map((kind) => ({
      kind,
      actions: actionsOf(textsOf(reports.a, kind), textsOf(reports.b, kind)),
    })),
  };
}

/**
 * What fits by the first key, then what fits by the next, then what is left of each; all in the order of the first run, and
 * behind that of the second. An empty key fits nothing.
 */
function pairs<T>(
  reports: Both<Report>,
  listIn: (report: Report) => readonly T[],
  keys: readonly ((item: T) => string)[],
): Both<T | undefined>[] {
  const firsts = listIn(reports.a);
  const left = [...listIn(reports.b)];
  const found = new Map<T, T>();
  for (const keyOf of keys) {
    for (const first of firsts) {
      const key = plain(keyOf(first));
      if (key === "" || found.has(first)) continue;
      const at = left.findIndex((second) => plain(keyOf(second)) === key);
      if (at !== -1) for (const second of left.splice(at, 1)) found.set(first, second);
    }
  }
  return [
    ...firsts.map((a) => ({ a, b: found.get(a) })),
    ...left.map((b) => ({ a: undefined, b })),
  ];
}

function cornerOf(scenario: Scenario | undefined): string[] {
  return Object.values(scenario?.axis_states ?? {}).filter((state) => state !== "");
}

/** Ids of axes are each run's own: its poles say where a scenario stands. */
function cornerKey(scenario: Scenario): string {
  return cornerOf(scenario).map(plain).sort().join("\n");
}

function rankedIn({ wind_tunnel_evaluations_v2: tunnel }: Report): readonly Ranked[] {
  return tunnel.rankings.overall.toSorted((a, b) => a.rank - b.rank);
}

function recommendedIn({ wind_tunnel_evaluations_v2: tunnel }: Report): Recommendation | undefined {
  const { primary_recommended_strategy: primary } = tunnel.recommendations;
  if (primary === undefined || primary.strategy_name === "") return undefined;
  return { name: primary.strategy_name, rationale: primary.rationale };
}

function textsOf(report: Report, kind: ActionGroup["kind"]): readonly string[] {
  const { recommendations } = report.wind_tunnel_evaluations_v2;
  switch (kind) {
    case "hardening":
      return recommendations.hardening_actions;
    case "hedges":
      return recommendations.hedge_actions;
    case "triggers":
      return recommendations.triggers_to_watch
        .map(({ description }) => description)
        .map(forceNamer(report));
  }
}

function actionsOf(a: readonly string[], b: readonly string[]): ActionGroup["actions"] {
  const [inA, inB] = [new Set(a.map(plain)), new Set(b.map(plain))];
  const all = new Map([...b, ...a].map((text) => [plain(text), text]));
  return [...new Set([...inA, ...inB])]
    .filter((key) => key !== "")
    .map((key) => ({ text: all.get(key) ?? key, isInA: inA.has(key), isInB: inB.has(key) }));
}

/** Whether the same was meant: neither case nor spaces count. */
export function isSame(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

function plain(text: string): string {
  return text.normalize("NFKC").replaceAll(/\s+/g, " ").trim().toLowerCase();
}

/** What people choose first, then all settings in which the two differ. */
function settingsOf(a: unknown, b: unknown): Setting[] {
  const [first, second] = [configOf(a), configOf(b)];
  const setting = (name: string, of: (config: Config) => unknown): Setting => ({
    name,
    a: told(of(first)),
    b: told(of(second)),
  });
  const names = [...new Set([first, second].flatMap(({ settings }) => Object.keys(settings)))];
  return [
    ...CHOSEN.map((name) => setting(name, ({ params }) => params[name])),
    setting("strategies", ({ hasStrategies }) => hasStrategies),
    setting("sources", ({ sources }) => sources),
    ...names
      .sort()
      .map((name) => setting(name, ({ settings }) => settings[name]))
      .filter(({ name, a: one, b: other }) => name === "mode" || one !== other),
  ];
}

const CHOSEN = ["company", "geography", "scope", "value", "horizon", "pack"] as const;

interface Config {
  readonly params: Readonly<Record<string, unknown>>;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly hasStrategies: unknown;
  readonly sources: unknown;
}

/** Of run_config.json, which is in the view model as it is shown. */
function configOf(viewModel: unknown): Config {
  const config = recordIn(recordIn(viewModel, "run_meta"), "run_config");
  return {
    params: recordIn(config, "user_params"),
    settings: recordIn(config, "settings"),
    hasStrategies: config.generate_strategies,
    sources: recordIn(config, "retriever").source_count,
  };
}

function recordIn(value: unknown, name: string): Readonly<Record<string, unknown>> {
  const member = isRecord(value) ? value[name] : undefined;
  return isRecord(member) ? member : {};
}

function told(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "number" ? String(value) : "";
}
