import type { Finding } from "../../scenarios/artifacts/audit-report.ts";
import { belonging } from "../brief.ts";
import type { Node, Work } from "./node.ts";

const MAX_FINDINGS = 200;

/** Checks the run's own artifacts against each other. What it finds is a warning, and never fails a run. */
export const auditor: Node = {
  name: "auditor",
  usesModel: true,
  make: async (work) => {
    const findings = (await findingsOf(work)).slice(0, MAX_FINDINGS);
    const told =
      findings.length === 0
        ? { summary: "The checks found nothing.", next_steps: [] }
        : await work.ask("auditor", { findings });
    return {
      artifacts: {
        audit_report: {
          ...belonging(work.brief),
          status: findings.length === 0 ? "passed" : "passed_with_findings",
          findings,
          ...told,
        },
      },
    };
  },
};

async function findingsOf({ settings, hasStrategies, read }: Work): Promise<Finding[]> {
  const { evidence_units: units } = await read("evidence_units");
  const { forces } = await read("forces");
  const { clusters } = await read("clusters");
  const { scenarios } = await read("scenarios_enriched");
  const findings: Finding[] = [];
  const find = (code: Finding["code"], artifact: string, message: string): void => {
    findings.push({ code, artifact, message });
  };
  const simulatedIds = new Set(units.filter(({ simulated }) => simulated).map(({ id }) => id));
  for (const { force_id: id, unlinked, evidence_unit_ids: cited } of forces) {
    if (unlinked) find("unlinked_force", "forces", `No evidence speaks for ${id}.`);
    // Where everything is made up, nobody takes it for anything else.
    const citesFixture = !settings.simulates && cited.some((each) => simulatedIds.has(each));
    if (settings.forbidsFixtureCitations && citesFixture) {
      find("fixture_citation", "forces", `${id} cites evidence that was made up.`);
    }
  }
  const known = new Set([
    ...forces.map(({ force_id }) => force_id),
    ...clusters.map(({ cluster_id }) => cluster_id),
  ]);
  for (const { scenario_id: id, evidence_touchpoints: touched } of scenarios) {
    const stray = [...touched.force_ids, ...touched.cluster_ids].find((each) => !known.has(each));
    if (stray !== undefined) {
      find("unknown_reference", "scenarios_enriched", `${id} rests on ${stray}, which is unknown.`);
    }
    if (touched.force_ids.length < settings.minCitations) {
      find("few_citations", "scenarios_enriched", `${id} rests on too few forces.`);
    }
  }
  if (!hasStrategies) return findings;
  const { strategies } = await read("strategies");
  const { tests } = await read("wind_tunnel");
  for (const { id } of strategies) {
    for (const { scenario_id } of scenarios) {
      const isTested = tests.some(
        (test) => test.strategy_id === id && test.scenario_id === scenario_id,
      );
      if (!isTested)
        find("untested_pair", "wind_tunnel", `${id} was not tested in ${scenario_id}.`);
    }
  }
  return findings;
}
