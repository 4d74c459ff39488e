import { expect } from "chai";
import fc from "fast-check";
import type { Axis } from "../../../../functions/scenarios/artifacts/axes.ts";
import type { Force } from "../../../../functions/scenarios/artifacts/forces.ts";
import { bagOfWords, cosine } from "../../../../functions/scenarios/embeddings/words.ts";
import { chooseAxes, overlap } from "../../../../functions/scenarioforge-worker/maths/axes.ts";
import {
  averageLinkage,
  clusterForces,
  SINGLETONS,
} from "../../../../functions/scenarioforge-worker/maths/cluster.ts";
import {
  emergenceOf,
  evidenceOf,
  impactOf,
  rankForces,
} from "../../../../functions/scenarioforge-worker/maths/ebe.ts";
import { evaluate } from "../../../../functions/scenarioforge-worker/maths/evaluate.ts";
import { rank, recommend } from "../../../../functions/scenarioforge-worker/maths/rank.ts";
import { robustnessOf } from "../../../../functions/scenarioforge-worker/maths/robustness.ts";
import { rounded } from "../../../../functions/scenarioforge-worker/maths/rounding.ts";
import { actionOf, rubricScore } from "../../../../functions/scenarioforge-worker/maths/rubric.ts";
import { gradeOf, scoreOf } from "../../../../functions/scenarioforge-worker/maths/score.ts";
import { CONTRACT_SCENARIOS, CONTRACT_STRATEGIES, CONTRACT_TEST } from "./contract-samples.ts";

const FORCE: Force = {
  force_id: "force-1",
  layer: "primary",
  domain: "economic",
  label: "Capital cost volatility",
  mechanism: "Rate shifts raise financing costs and delay projects.",
  directionality: "Higher rates reduce investment capacity.",
  affected_dimensions: ["capital", "cost"],
  evidence_unit_ids: ["sim-1"],
  confidence: 0.7,
  confidence_rationale: "Backed by macro evidence.",
  unlinked: false,
};

function force(number: number, about: Partial<Force>): Force {
  return { ...FORCE, force_id: `force-${number}`, ...about };
}

function axis(number: number, about: Partial<Axis> = {}): Axis {
  return {
    axis_id: `axis-${number}`,
    axis_name: "Capital access",
    pole_a: "Tight capital",
    pole_b: "Loose capital",
    impact_score: 4,
    uncertainty_score: 4,
    tension_basis: { cluster_ids: [`cluster-${number}`], force_ids: [`force-${number}`] },
    what_would_change_mind: ["Credit spreads narrow"],
    independence_notes: "Distinct from demand shocks.",
    ...about,
  };
}

describe("rounded", () => {
  it("rounds what is written and not the binary number below it", () => {
    expect([rounded(1.005, 2), rounded(3.3200000000000003, 4), rounded(-95.85, 1)]).to.deep.equal([
      1.01, 3.32, -95.8,
    ]);
    expect(rounded(1.2e-7, 4)).to.equal(0);
  });
});

describe("rankForces", () => {
  it("scores the contract's sample as the contract does", () => {
    const ranked = rankForces([FORCE], new Map([["sim-1", "D"]]));
    expect(ranked).to.deep.equal({
      forces: [
        {
          force_id: "force-1",
          ebe_score: 3.32,
          E_emergence: 3.5,
          B_business_impact: 3.8,
          E_evidence_strength: 2,
          rationale:
            "Capital cost volatility: Rate shifts raise financing costs and delay projects.",
        },
      ],
      weights: { emergence: 0.4, business_impact: 0.4, evidence_strength: 0.2 },
      coverage_stats: {
        by_layer: { primary: 1 },
        linked_forces: 1,
        linked_ratio: 1,
        total_forces: 1,
      },
      top_by_domain: { economic: ["force-1"] },
      top_by_layer: { primary: ["force-1"] },
    });
  });

  it("sorts by score, and equal ones by id", () => {
    const forces = [
      force(3, {}),
      force(2, {}),
      force(1, { affected_dimensions: [], layer: "tertiary" }),
    ];
    const { forces: ranked } = rankForces(forces, new Map());
    expect(ranked.map(({ force_id }) => force_id)).to.deep.equal(["force-2", "force-3", "force-1"]);
  });

  it("takes emergence from the words and the layer, within 1 and 5", () => {
    const told = (mechanism: string, layer: Force["layer"]): number =>
      emergenceOf(force(1, { mechanism, layer }));
    expect([
      told("A breakthrough in storage", "primary"),
      told("A breakthrough in storage", "secondary"),
      told("An emerging rival", "secondary"),
      told("A mature market", "tertiary"),
      told("A market", "secondary"),
    ]).to.deep.equal([5, 5, 4, 1.5, 3]);
  });

  it("takes impact from dimensions, each once, up to 5", () => {
    expect([
      impactOf([]),
      impactOf(["cost", "cost"]),
      impactOf(["labor", "weather"]),
      impactOf(["labor", "constructor"]),
      impactOf(["cost", "demand", "regulation", "capital"]),
    ]).to.deep.equal([2.5, 3, 3.1, 3.1, 5]);
  });

  it("takes evidence as the mean of its grades, and 1 without any", () => {
    expect([evidenceOf(["A", "D"]), evidenceOf(["B", "C"]), evidenceOf([])]).to.deep.equal([
      3.5, 3.5, 1,
    ]);
  });
});

describe("bagOfWords", () => {
  it("puts a word at the place that its md5 names, and has length 1", () => {
    const vector = bagOfWords("capital");
    // md5("capital") begins 27f08504: 0x27f08504 mod 256.
    expect([...vector.entries()].filter(([, value]) => value !== 0)).to.deep.equal([[4, 1]]);
  });

  it("does not count words that say nothing", () => {
    expect(bagOfWords("the capital of the")).to.deep.equal(bagOfWords("capital"));
    expect(bagOfWords("of the")).to.deep.equal(new Float64Array(256));
  });

  it("finds every text as like itself as can be", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const vector = bagOfWords(text);
        const likeness = cosine(vector, vector);
        return likeness === 0 || Math.abs(likeness - 1) < 1e-9;
      }),
    );
  });
});

describe("clusterForces", () => {
  const storage = (number: number): Force =>
    force(number, {
      label: `Battery storage ${number}`,
      mechanism: "Battery storage makes cheap solar power last into the night",
      directionality: "Cheaper battery storage",
    });

  it("joins forces that are told in the same words, and sets the others apart", () => {
    const forces = [storage(1), capital(2), storage(3), storage(4)];
    expect(clusterForces(forces)).to.deep.equal([
      {
        cluster_id: "cluster-1",
        force_ids: ["force-1", "force-3", "force-4"],
        centroid_summary: "battery / cheap / cheaper",
        coherence_score: 1,
      },
      {
        cluster_id: SINGLETONS,
        force_ids: ["force-2"],
        centroid_summary: "capacity / capital / cost",
        coherence_score: 0,
      },
    ]);
  });

  it("merges clusters of fewer than three", () => {
    const ids = clusterForces([storage(1), storage(2), capital(3)]).map((each) => each.cluster_id);
    expect(ids).to.deep.equal([SINGLETONS]);
  });

  it("puts every force into exactly one cluster", () => {
    const word = fc.constantFrom("power", "price", "storage", "court", "labour", "trade", "river");
    const told = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(" "));
    fc.assert(
      fc.property(fc.array(told, { minLength: 1, maxLength: 25 }), (texts) => {
        const forces = texts.map((text, index) =>
          force(index + 1, { label: text, mechanism: text, directionality: text }),
        );
        const ids = clusterForces(forces).flatMap(({ force_ids }) => force_ids);
        expect(ids.toSorted()).to.deep.equal(forces.map(({ force_id }) => force_id).toSorted());
      }),
    );
  });

  function capital(number: number): Force {
    return force(number, {});
  }
});

describe("averageLinkage", () => {
  it("joins groups by the average distance of their members, and not by the nearest", () => {
    const similarity = [
      [1, 0.9, 0.1],
      [0.9, 1, 0.7],
      [0.1, 0.7, 1],
    ];
    // 2 is 0.3 away from 1, but on average 0.6 from both.
    expect(averageLinkage(similarity, 0.4)).to.deep.equal([[0, 1], [2]]);
    expect(averageLinkage(similarity, 0.6)).to.deep.equal([[0, 1, 2]]);
  });

  it("weighs groups by their size", () => {
    const far = 0.2;
    const similarity = [
      [1, 1, 1, 0.8],
      [1, 1, 1, far],
      [1, 1, 1, far],
      [0.8, far, far, 1],
    ];
    // On average 0.6: the mean of the group, and not of its halves as they were joined.
    expect(averageLinkage(similarity, 0.59)).to.deep.equal([[0, 1, 2], [3]]);
    expect(averageLinkage(similarity, 0.61)).to.deep.equal([[0, 1, 2, 3]]);
  });
});

describe("chooseAxes", () => {
  const ids = (axes: readonly Axis[]): string[] | undefined =>
    chooseAxes(axes)?.map(({ axis_id }) => axis_id);

  it("takes the two of most impact and uncertainty", () => {
    expect(ids([axis(1, { impact_score: 1 }), axis(2), axis(3)])).to.deep.equal([
      "axis-2",
      "axis-3",
    ]);
  });

  it("passes over an axis that stands on more than 60 % of the same", () => {
    const basis = { cluster_ids: ["cluster-1"], force_ids: ["force-1", "force-2"] };
    const same = axis(2, { tension_basis: basis, uncertainty_score: 5 });
    expect(ids([axis(1, { tension_basis: basis }), same, axis(3)])).to.deep.equal([
      "axis-2",
      "axis-3",
    ]);
    expect(ids([axis(1, { tension_basis: basis }), same])).to.equal(undefined);
  });

  it("tells a cluster from a force of the same name", () => {
    const one = axis(1, { tension_basis: { cluster_ids: ["x"], force_ids: [] } });
    const other = axis(2, { tension_basis: { cluster_ids: [], force_ids: ["x"] } });
    expect([overlap(one, other), overlap(one, one)]).to.deep.equal([0, 1]);
  });

  it("chooses among later ones where the first has no partner", () => {
    const all = { cluster_ids: ["a"], force_ids: [] };
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 8 }), (count) => {
        const same = Array.from({ length: count }, (_, index) =>
          axis(index, { tension_basis: all }),
        );
        expect(chooseAxes(same)).to.equal(undefined);
        expect(chooseAxes([...same, axis(9, { impact_score: 0 })])).to.have.length(2);
      }),
    );
  });
});

describe("the rubric", () => {
  it("weighs relevance, credibility, recency and specificity", () => {
    const none = { relevance: 0, credibility: 0, recency: 0, specificity: 0 };
    expect([
      rubricScore({ ...none, relevance: 1 }),
      rubricScore({ ...none, credibility: 1 }),
      rubricScore({ ...none, recency: 1 }),
      rubricScore({ ...none, specificity: 1 }),
    ]).to.deep.equal([0.3, 0.3, 0.2, 0.2]);
  });

  it("says what to do, and lets nobody keep what can hardly be done", () => {
    expect(
      [
        [0.34, 1],
        [0.35, 1],
        [0.55, 1],
        [0.75, 0.6],
        [0.75, 0.59],
        [0.75, 0.34],
        [0.6, 0.1],
      ].map(([rubric = 0, feasibility = 0]) => actionOf(rubric, feasibility)),
    ).to.deep.equal(["DROP", "HEDGE", "MODIFY", "KEEP", "MODIFY", "HEDGE", "MODIFY"]);
  });
});

describe("scoreOf", () => {
  const outcome = {
    label: "Resilient",
    rubric: 0.9,
    confidence: 0.9,
    breaks: 0,
    failedAssumptions: 0,
    hasKpis: true,
  };

  it("scores the contract's sample as the contract does", () => {
    const score = scoreOf(outcome);
    expect([score, gradeOf(score)]).to.deep.equal([74, "B"]);
  });

  it("takes any other word for inconclusive, those too that every object has", () => {
    const of = (label: string): number => scoreOf({ ...outcome, label });
    expect(["constructor", "__proto__"].map(of)).to.deep.equal([of("Unclear"), of("Unclear")]);
  });

  it("takes the middle of the band where there is no rubric", () => {
    const neutral = { ...outcome, rubric: undefined, confidence: 0.5 };
    expect(
      ["INCONCLUSIVE", "Total strategic failure", " stalled growth "].map((label) =>
        scoreOf({ ...neutral, label }),
      ),
    ).to.deep.equal([50, 10, 52]);
  });

  it("takes points off for breaks and failed assumptions, up to a bound", () => {
    const plain = { ...outcome, label: "optimal success", rubric: 0, confidence: 0.5 };
    expect(
      [
        { breaks: 1 },
        { breaks: 9 },
        { failedAssumptions: 1 },
        { failedAssumptions: 9 },
        { hasKpis: false },
      ].map((each) => scoreOf({ ...plain, ...each })),
    ).to.deep.equal([80, 60, 95, 80, 90]);
  });

  it("stays within 0 and 100 and has one decimal", () => {
    fc.assert(
      fc.property(
        fc.record({
          label: fc.constantFrom("optimal success", "total strategic failure", "anything"),
          rubric: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
          confidence: fc.double({ min: 0, max: 1, noNaN: true }),
          breaks: fc.nat(5),
          failedAssumptions: fc.nat(9),
          hasKpis: fc.boolean(),
        }),
        (any) => {
          const score = scoreOf(any);
          expect(score).to.be.within(0, 100);
          expect(rounded(score, 1)).to.equal(score);
        },
      ),
    );
  });
});

describe("robustnessOf", () => {
  it("is the contract's sample", () => {
    expect(robustnessOf([74, 50, 50, 50])).to.deep.equal({
      overall_score: 56,
      min_score: 50,
      variance: 108,
      robustness_index: 42.8,
    });
  });

  it("is the score itself where that never changes", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 1, max: 6 }),
        (score, times) => {
          const { robustness_index: index } = robustnessOf(Array<number>(times).fill(score));
          expect(index).to.equal(score);
        },
      ),
    );
  });
});

describe("evaluate", () => {
  const evaluations = evaluate({
    runId: "20261121021712",
    strategies: CONTRACT_STRATEGIES,
    scenarios: CONTRACT_SCENARIOS,
    windTunnel: { tests: [CONTRACT_TEST], break_conditions: [] },
    assumptions: [],
  });
  const rankings = rank(evaluations, CONTRACT_STRATEGIES, CONTRACT_SCENARIOS);

  it("grades every strategy in every scenario, also those that were not tested", () => {
    expect(
      evaluations.map(({ strategy_id, scenario_id, outcome_label, score_0_100, grade_letter }) =>
        [strategy_id, scenario_id, outcome_label, score_0_100, grade_letter].join(" "),
      ),
    ).to.deep.equal([
      "st-1 S1 Resilient 74 B",
      "st-1 S2 INCONCLUSIVE 50 D",
      "st-1 S3 INCONCLUSIVE 50 D",
      "st-1 S4 INCONCLUSIVE 50 D",
      "st-2 S1 INCONCLUSIVE 50 D",
      "st-2 S2 INCONCLUSIVE 50 D",
      "st-2 S3 INCONCLUSIVE 50 D",
      "st-2 S4 INCONCLUSIVE 50 D",
    ]);
  });

  it("ranks by robustness as the contract's sample does", () => {
    expect(rankings.overall).to.deep.equal([
      {
        rank: 1,
        strategy_id: "st-2",
        strategy_name: "Lobbying",
        overall_score: 50,
        min_score: 50,
        variance: 0,
        robustness_index: 50,
      },
      {
        rank: 2,
        strategy_id: "st-1",
        strategy_name: "Invest in R&D",
        overall_score: 56,
        min_score: 50,
        variance: 108,
        robustness_index: 42.8,
      },
    ]);
    expect(rankings.per_scenario[0]).to.deep.include({
      top_strategy_id: "st-1",
      margin_vs_second: 24,
    });
  });

  it("recommends the most robust, keeps the next as hedges, and names each trigger once", () => {
    const recommended = recommend(evaluations, rankings);
    expect(recommended?.primary_recommended_strategy).to.deep.equal({
      strategy_id: "st-2",
      strategy_name: "Lobbying",
      rationale: "Best robustness index 50.0 with overall score 50.0 and min score 50.0.",
    });
    expect(recommended?.hedge_actions).to.deep.equal([
      "Keep option on Invest in R&D for downside coverage.",
    ]);
    expect(recommended?.triggers_to_watch.map(({ trigger_id }) => trigger_id)).to.deep.equal([
      "st-2-force-1",
      "st-2-kpi-1",
    ]);
    expect(recommended?.conditional_recommendations[0]).to.deep.equal({
      condition: "If scenario 'Tight/Weak' signals dominate",
      strategy_id: "st-1",
      strategy_name: "Invest in R&D",
      rationale: "Top score 74.0 for this scenario.",
    });
  });

  it("counts break conditions and assumptions that came about, whatever their case and full stop", () => {
    const [first] = evaluate({
      runId: "r",
      strategies: CONTRACT_STRATEGIES,
      scenarios: CONTRACT_SCENARIOS,
      windTunnel: {
        tests: [{ ...CONTRACT_TEST, failure_modes: ["demand  collapses", "Rates fall."] }],
        break_conditions: ["Demand collapses."],
      },
      assumptions: ["Rates fall", "Nothing else"],
    });
    expect(first).to.deep.include({
      score_0_100: 49,
      break_conditions_triggered: ["Demand collapses."],
      failed_assumptions: ["Rates fall"],
    });
  });

  it("recommends nothing where there is no strategy", () => {
    expect(recommend([], rank([], [], CONTRACT_SCENARIOS))).to.equal(undefined);
  });
});
