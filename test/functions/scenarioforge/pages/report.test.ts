import { expect } from "chai";
import fc from "fast-check";
import { NODE_NAMES } from "../../../../functions/messages/scenario-names.ts";
import { linksOf } from "../../../../functions/scenarioforge/pages/links.ts";
import { windTunnelPart } from "../../../../functions/scenarioforge/pages/parts/wind-tunnel.ts";
import { matrixOf } from "../../../../functions/scenarioforge/pages/matrix.ts";
import { stepsFrom } from "../../../../functions/scenarioforge/pages/nodes.ts";
import { PREVIEW_GROUND, previewOf } from "../../../../functions/scenarioforge/pages/preview.ts";
import { forceNamer, reportOf } from "../../../../functions/scenarioforge/pages/report.ts";
import { runPage } from "../../../../functions/scenarioforge/pages/run.ts";
import * as v from "valibot";
import { NodeEvent, Run } from "../../../../functions/scenarios/run.ts";
import { executable, parsed } from "../../../support/markup.ts";
import { MockRun } from "../../scenarioforge-worker/mock-run.ts";
import { makeViewModel } from "../../../../functions/scenarios/view-model.ts";
import { RunStoresInMemory } from "../../../support/run-store-in-memory.ts";

const NOW = Date.UTC(2026, 10, 21, 12);
const COMPLETED = v.parse(Run, { status: "COMPLETED", is_final: true });

/** The view model of a demo run. */
async function demo(): Promise<Record<string, unknown>> {
  const made = await new MockRun().makeUntil();
  const stores = new RunStoresInMemory();
  const names = Object.keys(made.artifacts).map((name) => `${name}.json`);
  for (const [name, value] of Object.entries(made.artifacts)) {
    stores.plant(`public/r1/artifacts/${name}.json`, JSON.stringify(value));
  }
  return makeViewModel(stores.of("public"), "r1", names);
}

const render = async (viewModel: unknown, run: Run = COMPLETED): Promise<string> =>
  String(
    await runPage({
      runId: "r1",
      run,
      events: [],
      files: ["view_model.json", "images/x.png"],
      hasMoreFiles: false,
      viewModel,
      actions: [],
      now: NOW,
      origin: "https://forge.example",
    }),
  );

/** Every text of a value by another, members' names left as they are. */
function retold(value: unknown, told: (text: string) => string): unknown {
  if (typeof value === "string") return told(value);
  if (Array.isArray(value)) return value.map((each) => retold(each, told));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([name, each]) => [name, retold(each, told)]);
  return Object.fromEntries(members) as unknown;
}

describe("the report of a run", () => {
  it("is made of whatever others wrote, and of nothing", () => {
    fc.assert(fc.property(fc.json(), (text) => void reportOf(JSON.parse(text))));
    expect(reportOf(undefined)).to.deep.equal(reportOf({}));
  });

  it("leaves out what it cannot read, and keeps what stands beside it", async () => {
    const model = await demo();
    const whole = reportOf(model).forces;
    const forces = [null, "x", { label: "without an id" }, ...(model.forces as unknown[])];
    expect(reportOf({ ...model, forces }).forces).to.deep.equal(whole);
  });

  it("is shown whatever any of it is", async () => {
    const model = await demo();
    const names = fc.constantFrom(...Object.keys(model));
    await fc.assert(
      fc.asyncProperty(names, fc.jsonValue({ maxDepth: 4 }), async (name, value) => {
        expect(executable(parsed(await render({ ...model, [name]: value })))).to.deep.equal([]);
      }),
      { numRuns: 15 },
    );
  });

  it("never runs what a text says", async () => {
    const model = await demo();
    const plain = parsed(await render(model));
    const scripts = (page: typeof plain) => [...page.querySelectorAll("script")].length;
    const pieces = ["<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "' onload='x"];
    const schemes = ["javascript:alert(1)", "data:text/html,<script>", "//evil.example/x"];
    const hostile = fc.tuple(
      fc.constantFrom(...pieces, ...schemes, "</title></style>", "\u202e\u0000]]>"),
      fc.string({ unit: "grapheme", maxLength: 20 }),
    );
    await fc.assert(
      fc.asyncProperty(hostile, async ([attack, more]) => {
        const page = parsed(await render(retold(model, () => attack + more)));
        expect(executable(page)).to.deep.equal([]);
        expect(scripts(page)).to.equal(scripts(plain));
        expect(page.querySelector("h1")?.textContent).to.include(attack.trim());
      }),
      { numRuns: 15 },
    );
  });

  it("takes time in proportion to what was tested, however much that is", async function () {
    this.timeout(60_000);
    const evaluations = Array.from({ length: 20_000 }, (_, at) => ({
      strategy_id: `st-${at}`,
      scenario_id: "S1",
      score_0_100: 50,
      rationale_bullets: ["force-1"],
    }));
    const forces = Array.from({ length: 20_000 }, (_, at) => ({ force_id: `force-${at}` }));
    const report = reportOf({ forces, wind_tunnel_evaluations_v2: { evaluations } });
    const links = linksOf("r1", COMPLETED, []);
    const started = process.cpuUsage();
    await windTunnelPart(report, links);
    expect(process.cpuUsage(started).user / 1e6).to.be.below(20);
  });

  it("calls forces by their names", async () => {
    const report = reportOf(await demo());
    const [force] = report.forces;
    expect(forceNamer(report)("Force 'force-1' shifts, force-9999 not.")).to.equal(
      `Force “${force?.label ?? ""}” shifts, force-9999 not.`,
    );
  });
});

describe("the scenario matrix", () => {
  it("places scenarios by the states of their axes, in whatever order they come", async () => {
    const model = await demo();
    const { scenarios } = reportOf(model);
    const places = (list: readonly unknown[]) => {
      const { quadrants = [], unplaced = [] } =
        matrixOf(reportOf({ ...model, scenarios: list })) ?? {};
      return [...quadrants, unplaced].map((here) => here.map((each) => each.scenario_id));
    };
    const matrix = matrixOf(reportOf(model));
    for (const [place, here] of (matrix?.quadrants ?? []).entries()) {
      expect(here).to.have.lengthOf(1);
      const states = here[0]?.axis_states ?? {};
      const { across, up } = matrix ?? {};
      expect(states[across?.axis_id ?? ""]).to.equal(
        place % 2 === 0 ? across?.pole_a : across?.pole_b,
      );
      expect(states[up?.axis_id ?? ""]).to.equal(place < 2 ? up?.pole_b : up?.pole_a);
    }
    expect(places(scenarios.toReversed()).flat().toSorted()).to.deep.equal([
      "S1",
      "S2",
      "S3",
      "S4",
    ]);
    expect(places(scenarios.toReversed()).slice(0, 4).map(String).toSorted()).to.deep.equal(
      places(scenarios).slice(0, 4).map(String).toSorted(),
    );
  });

  it("says which scenario names no pole, and that two are in one place", async () => {
    const model = await demo();
    const [first, second, ...others] = reportOf(model).scenarios;
    const astray = { ...first, axis_states: { ...second?.axis_states, "axis-0": "?" } };
    const lost = { ...second, axis_states: { nowhere: "at all" } };
    const { quadrants = [], unplaced = [] } =
      matrixOf(reportOf({ ...model, scenarios: [second, ...others, astray, lost] })) ?? {};
    expect(quadrants.map((here) => here.length).toSorted()).to.deep.equal([0, 1, 1, 2]);
    expect(unplaced.map((each) => each.axis_states)).to.deep.equal([{ nowhere: "at all" }]);
    const html = await render({ ...model, scenarios: [second, ...others, lost] });
    expect(html).to.include("Not in the matrix").and.include("No scenario says that it is here.");
  });

  it("is undefined without two axes", async () => {
    const model = await demo();
    expect(matrixOf(reportOf({ ...model, uncertainty_axes: [] }))).to.equal(undefined);
    expect(await render({ ...model, uncertainty_axes: [] })).to.include("stand on no two axes");
  });
});

describe("the nodes of a run", () => {
  const event = (node: string, status: string, attempt: number, rest: object = {}) =>
    v.parse(NodeEvent, { timestamp: "2026-11-21T02:17:12Z", node, status, attempt, ...rest });
  const stepOf = (events: NodeEvent[], run: Partial<Run> = {}) =>
    stepsFrom(events, { ...COMPLETED, ...run }).find(({ name }) => name === "charter");

  it("have the state of their last attempt, and every attempt with its error", () => {
    const step = stepOf([
      event("charter", "RUNNING", 1),
      event("charter", "FAIL", 1, { error: "no", duration_seconds: 2 }),
      event("charter", "RUNNING", 2),
      event("charter", "OK", 2, { duration_seconds: 3, usage: { requests: 1, tokens: 1_234 } }),
    ]);
    expect([step?.state, step?.note]).to.deep.equal(["done", "1,234 tokens"]);
    expect(
      step?.attempts.map(({ state, error, seconds }) => [state, error, seconds]),
    ).to.deep.equal([
      ["failed", "no", 2],
      ["done", undefined, 3],
    ]);
  });

  it("are told by run.json where there are no events", () => {
    const node_status = {
      charter: { status: "FAIL", attempt: 3, duration_seconds: 1, updated_at: "", error: "no" },
    };
    const step = stepOf([], { node_status });
    expect([step?.state, step?.attempts.map((each) => each.number)]).to.deep.equal(["failed", [3]]);
  });

  it("wait, run, and have failed where the run ended while they ran", () => {
    const running = [event("charter", "RUNNING", 1)];
    expect(stepOf([])?.state).to.equal("waiting");
    expect(stepOf(running, { is_final: false })?.state).to.equal("running");
    expect(stepOf(running)?.state).to.equal("failed");
  });

  it("are those that the run has", () => {
    const without = { signature_payload: { generate_strategies: false } };
    expect(stepsFrom([], COMPLETED).map(({ name }) => name)).to.deep.equal(NODE_NAMES);
    expect(stepsFrom([], { ...COMPLETED, ...without })).to.have.lengthOf(NODE_NAMES.length - 2);
  });
});

describe("the picture of a run", () => {
  it("has a rectangle for every score, and the mark where there is none", async () => {
    const report = reportOf(await demo());
    const { evaluations } = report.wind_tunnel_evaluations_v2;
    expect(previewOf(report)).to.have.lengthOf(evaluations.length);
    for (const { x, y, width, height, colour } of [
      ...previewOf(report),
      ...previewOf(reportOf({})),
    ]) {
      expect(x + width).to.be.at.most(1200);
      expect(y + height).to.be.at.most(630);
      expect(colour).not.to.equal(PREVIEW_GROUND);
    }
    expect(previewOf(reportOf({}))).to.have.lengthOf(4);
  });
});
