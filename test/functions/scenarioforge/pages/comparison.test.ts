import { expect } from "chai";
import fc from "fast-check";
import { comparisonOf } from "../../../../functions/scenarioforge/pages/comparison.ts";
import { MockRun } from "../../scenarioforge-worker/mock-run.ts";

interface Asked {
  readonly params?: Record<string, unknown>;
  readonly settings?: Record<string, unknown>;
}

const configOf = ({ params = {}, settings = {} }: Asked) => ({
  run_config: {
    user_params: { company: "Acme", scope: "country", value: "Norway", horizon: 60, ...params },
    generate_strategies: true,
    settings: { mode: "demo", min_forces: 60, temperature: 0.2, ...settings },
    retriever: { source_count: 0 },
  },
});

async function modelOf(): Promise<Record<string, unknown>> {
  const run = await new MockRun().makeUntil();
  return {
    uncertainty_axes: run.get("uncertainty_axes").axes,
    scenarios: run.get("scenarios").scenarios,
    strategies: run.get("strategies").strategies,
    wind_tunnel_evaluations_v2: run.get("wind_tunnel_evaluations_v2"),
    run_meta: configOf({}),
  };
}

const scenario = (scenarioId: string, name: string, states: Record<string, string>) => ({
  scenario_id: scenarioId,
  name,
  axis_states: states,
});
const ranked = (name: string, rank: number, robustness: number) => ({
  rank,
  strategy_id: `s${rank}`,
  strategy_name: name,
  overall_score: robustness,
  min_score: robustness,
  robustness_index: robustness,
});
const withRanks = (...overall: object[]) => ({
  wind_tunnel_evaluations_v2: { rankings: { overall } },
});

describe("the comparison of two runs", () => {
  it("finds nothing that differs between a run and itself", async () => {
    const model = await modelOf();
    const { request, scenarios, strategies, recommended, actions } = comparisonOf(model, model);
    expect(request.filter(({ a, b }) => a !== b)).to.deep.equal([]);
    expect(scenarios.length).to.equal(4);
    for (const { a, b } of scenarios) expect(a).to.deep.equal(b);
    expect(strategies.length).to.be.above(1);
    for (const { a, b } of strategies) expect(a).to.deep.equal(b);
    expect(recommended.a).to.deep.equal(recommended.b);
    const all = actions.flatMap((group) => group.actions);
    expect(all.length).to.be.above(0);
    expect(all.filter(({ isInA, isInB }) => !isInA || !isInB)).to.deep.equal([]);
  });

  it("tells what people choose always, and settings where they differ", () => {
    const { request } = comparisonOf(
      { run_meta: configOf({}) },
      { run_meta: configOf({ params: { horizon: 84 }, settings: { temperature: 1, seed: 7 } }) },
    );
    expect(request.map(({ name, a, b }) => [name, a, b])).to.deep.equal([
      ["company", "Acme", "Acme"],
      ["geography", "", ""],
      ["scope", "country", "country"],
      ["value", "Norway", "Norway"],
      ["horizon", "60", "84"],
      ["pack", "", ""],
      ["strategies", "yes", "yes"],
      ["sources", "0", "0"],
      ["mode", "demo", "demo"],
      ["seed", "", "7"],
      ["temperature", "0.2", "1"],
    ]);
  });

  it("puts scenarios of one corner side by side, then those of one name, whatever their ids and order", () => {
    const { scenarios } = comparisonOf(
      {
        scenarios: [
          scenario("S1", "Calm", { x: "Tight capital", y: "Weak demand" }),
          scenario("S2", "Storm", { x: "Loose capital", y: "Weak demand" }),
          scenario("S3", "Alone", {}),
        ],
      },
      {
        scenarios: [
          scenario("S1", "STORM ", { q: "Other" }),
          scenario("S2", "Calm", { q: "Third" }),
          scenario("S9", "Another name", { k: " weak  demand", l: "tight capital" }),
        ],
      },
    );
    expect(
      scenarios.map(({ corner, a, b }) => [corner.join(), a?.scenario_id, b?.scenario_id]),
    ).to.deep.equal([
      ["Tight capital,Weak demand", "S1", "S9"],
      ["Loose capital,Weak demand", "S2", "S1"],
      ["", "S3", undefined],
      ["Third", undefined, "S2"],
    ]);
  });

  it("puts strategies of one name side by side in the order of their ranks, each once", () => {
    const { strategies } = comparisonOf(
      withRanks(ranked("Lobby", 2, 40), ranked("Invest", 1, 50), ranked("Twin", 3, 1)),
      withRanks(ranked("invest", 2, 45), ranked("Twin", 1, 60), ranked("Twin", 3, 2)),
    );
    expect(strategies.map(({ name, a, b }) => [name, a?.rank, b?.rank])).to.deep.equal([
      ["Invest", 1, 2],
      ["Lobby", 2, undefined],
      ["Twin", 3, 1],
      ["Twin", undefined, 3],
    ]);
  });

  it("names each action once, with the runs that ask for it", () => {
    const asks = (hardening: string[], hedges: string[]) => ({
      wind_tunnel_evaluations_v2: {
        recommendations: { hardening_actions: hardening, hedge_actions: hedges },
      },
    });
    const { actions } = comparisonOf(asks(["Monitor", "Save"], []), asks(["monitor"], ["Hold"]));
    expect(actions).to.deep.equal([
      {
        kind: "hardening",
        actions: [
          { text: "Monitor", isInA: true, isInB: true },
          { text: "Save", isInA: true, isInB: false },
        ],
      },
      { kind: "hedges", actions: [{ text: "Hold", isInA: false, isInB: true }] },
      { kind: "triggers", actions: [] },
    ]);
  });

  it("knows a force by its name, whatever its id is in either run", () => {
    const watches = (id: string) => ({
      forces: [{ force_id: id, label: "Ageing" }],
      wind_tunnel_evaluations_v2: {
        recommendations: { triggers_to_watch: [{ description: `Force '${id}' shifts.` }] },
      },
    });
    const { actions } = comparisonOf(watches("force-1"), watches("force-7"));
    expect(actions.at(-1)).to.deep.equal({
      kind: "triggers",
      actions: [{ text: "Force “Ageing” shifts.", isInA: true, isInB: true }],
    });
  });

  it("is the other way round when its sides are, whatever others wrote", async () => {
    const whole = await modelOf();
    const model = fc.oneof(
      fc.jsonValue({ maxDepth: 4 }),
      fc
        .dictionary(fc.constantFrom(...Object.keys(whole)), fc.jsonValue({ maxDepth: 3 }))
        .map((difference) => ({ ...whole, ...difference })),
    );
    const shared = (pairs: readonly { readonly a: unknown; readonly b: unknown }[]): number =>
      pairs.filter(({ a, b }) => a !== undefined && b !== undefined).length;
    fc.assert(
      fc.property(model, model, (a, b) => {
        const [one, other] = [comparisonOf(a, b), comparisonOf(b, a)];
        expect(one.request.map((each) => [each.a, each.b])).to.deep.equal(
          other.request.map((each) => [each.b, each.a]),
        );
        expect(one.recommended).to.deep.equal({ a: other.recommended.b, b: other.recommended.a });
        for (const kind of ["scenarios", "strategies"] as const) {
          expect(one[kind].length).to.equal(other[kind].length);
          expect(shared(one[kind])).to.equal(shared(other[kind]));
        }
      }),
      { numRuns: 300 },
    );
  });
});
