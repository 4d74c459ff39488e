import { createHash } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import type { Brief } from "../../../../functions/scenarioforge-worker/brief.ts";
import { prettyJson } from "../../../../functions/scenarios/json.ts";
import { BRIEF, MockRun, SETTINGS } from "../mock-run.ts";

function narratives(run: MockRun): string[] {
  return run
    .get("scenarios_enriched")
    .scenarios.flatMap(({ narrative, story_text }) => [narrative, story_text ?? ""]);
}

/** A brief as people write them: any text, in any script. */
const anyBrief = fc.record({
  company: fc.string({ minLength: 1, maxLength: 60, unit: "grapheme" }).filter(isText),
  geography: fc.string({ minLength: 1, maxLength: 60, unit: "grapheme" }).filter(isText),
  value: fc.string({ minLength: 1, maxLength: 60, unit: "grapheme" }).filter(isText),
  scope: fc.constantFrom("world", "region", "country"),
  horizonMonths: fc.integer({ min: 36, max: 120 }),
  seed: fc.stringMatching(/^[0-9a-f]{64}$/),
});

function isText(text: string): boolean {
  return text === text.trim() && !/\p{C}/u.test(text);
}

describe("a mock run", () => {
  it("is the same to the byte whenever it is made", async () => {
    const [first, second] = [await new MockRun().makeUntil(), await new MockRun().makeUntil()];
    expect(first.bytes === second.bytes).to.equal(true);
  });

  it("stays as it is from version to version, unless somebody means to change it", async () => {
    const run = await new MockRun().makeUntil();
    const hashes = Object.entries(run.artifacts).map(([name, value]) => [
      name,
      createHash("sha256").update(prettyJson(value)).digest("hex").slice(0, 12),
    ]);
    expect(Object.fromEntries(hashes)).to.deep.equal(GOLDEN);
  });

  it("names every time it knows after the run's own creation", async () => {
    const run = await new MockRun().makeUntil();
    const times = new Set(run.bytes.match(/\d{4}-\d\d-\d\dT[^"]*/g));
    expect([...times]).to.deep.equal([BRIEF.createdAt]);
  });

  const others: Partial<Brief>[] = [
    { company: "Another Co" },
    { horizonMonths: 61 },
    { scope: "region" },
    { value: "Texas" },
    { geography: "Canada" },
  ];
  for (const other of others) {
    const [key = ""] = Object.keys(other);
    it(`shares no narrative with one of another ${key}, even where chance decides alike`, async () => {
      const [one, two] = [await new MockRun().makeUntil(), await new MockRun(other).makeUntil()];
      const shared = narratives(one).filter((text) => narratives(two).includes(text));
      expect(shared).to.deep.equal([]);
    });
  }

  it("tells four different stories", async () => {
    const told = narratives(await new MockRun().makeUntil());
    expect(new Set(told).size).to.equal(8);
  });

  it("has enough evidence for what a launcher gets who sets nothing", async () => {
    const run = await new MockRun().makeUntil("retrieval_real");
    expect(run.get("retrieval_report")).to.deep.include({
      status: "ok",
      counts: { ok: 17, partial: 1, failed: 0, total: 18 },
    });
  });

  it("has as much evidence as is asked for", async () => {
    const settings = { ...SETTINGS, minEvidenceOk: 40, minEvidenceTotal: 41 };
    const run = await new MockRun({}, { settings }).makeUntil("retrieval_real");
    const { counts } = run.get("retrieval_report");
    expect([counts.ok >= 40, counts.total >= 41]).to.deep.equal([true, true]);
  });

  it("leaves strategies and the wind tunnel out where they are not wanted", async () => {
    const run = await new MockRun({}, { hasStrategies: false }).makeUntil();
    expect(run.artifacts).not.to.have.any.keys("strategies", "wind_tunnel");
    expect(run.get("audit_report").status).to.equal("passed");
  });

  it("holds together for any company, place, horizon and seed", async function () {
    this.timeout(60_000);
    const small = { ...SETTINGS, minForces: 1, minForcesPerDomain: 0 };
    await fc.assert(
      fc.asyncProperty(anyBrief, async (brief) => {
        const run = await new MockRun(brief, { settings: small }).makeUntil();
        // Nothing refers to what is not there: the auditor looks for it.
        expect(run.get("audit_report").findings).to.deep.equal([]);
        const { axes, selected_axis_ids: chosen } = run.get("uncertainty_axes");
        const ids = new Set(axes.map(({ axis_id }) => axis_id));
        expect(chosen.every((id) => ids.has(id))).to.equal(true);
        const states = run
          .get("scenarios_enriched")
          .scenarios.map(({ axis_states }) => JSON.stringify(axis_states));
        expect(new Set(states).size).to.equal(4);
      }),
      { numRuns: 40 },
    );
  });
});

/** The first digits of each artifact's sha256. */
const GOLDEN = {
  audit_report: "41c45331dae8",
  clusters: "b1419d619100",
  company_profile: "dfa717a83739",
  evidence_units: "2acb8eebbec5",
  focal_issue: "dff3e23443b0",
  forces: "749e4062fec0",
  forces_ranked: "1d120853a903",
  prompt_manifest: "68f5ef288946",
  retrieval_report: "455c75113091",
  scenario_charter: "d2042e5ed19a",
  scenario_charter_raw_prevalidate: "d2042e5ed19a",
  scenarios: "73f36553a2a5",
  scenarios_enriched: "e52e8286879e",
  strategies: "9c44ffb561b7",
  uncertainty_axes: "1dec67ee1340",
  wind_tunnel: "14326d6f2295",
  wind_tunnel_evaluations_v2: "be1fac36530e",
};
