import type { EvidenceUnit } from "../../scenarios/artifacts/evidence.ts";
import { DOMAINS } from "../../scenarios/artifacts/forces.ts";
import type { Domain, Force, ForceAnswer } from "../../scenarios/artifacts/forces.ts";
import { belonging } from "../brief.ts";
import { NodeFailure } from "../failure.ts";
import type { Node, Work } from "./node.ts";

/** So few of a domain say nothing about it. */
const MIN_PER_DOMAIN = 3;
const PER_QUESTION = 12;
/** More than these nobody reads, and the arithmetic of clusters takes ever longer. */
const MAX_PER_DOMAIN = 60;
/** Units of evidence that a model is shown for a domain. */
const SHOWN = 40;

/** What moves the world around the focal issue, domain by domain. */
export const forces: Node = {
  name: "forces",
  usesModel: true,
  make: async (work) => {
    const { evidence_units: units } = await work.read("evidence_units");
    const issue = (await work.read("focal_issue")).focal_issue;
    const { minForces, minForcesPerDomain } = work.settings;
    const total = Math.max(
      MIN_PER_DOMAIN,
      minForcesPerDomain,
      Math.ceil(minForces / DOMAINS.length),
    );
    if (total > MAX_PER_DOMAIN) {
      const problem = `min_forces and min_forces_per_domain ask for ${total} forces a domain`;
      throw new NodeFailure(`${problem}; there are at most ${MAX_PER_DOMAIN}.`, { isFinal: true });
    }
    const known = new Set(units.map(({ id }) => id));
    const all: Force[] = [];
    for (const domain of DOMAINS) {
      for (const answer of await named(domain, total, issue, units, work)) {
        all.push(forceOf(answer, domain, all.length + 1, known, work));
      }
    }
    return { artifacts: { forces: { ...belonging(work.brief), forces: all } } };
  },
};

async function named(
  domain: Domain,
  total: number,
  issue: string,
  units: readonly EvidenceUnit[],
  { ask }: Work,
): Promise<ForceAnswer[]> {
  const usable = units.filter(({ status }) => status !== "failed");
  const own = usable.filter(({ domain_tags: tags }) => tags.includes(domain));
  const shown = [...own, ...usable.filter((unit) => !own.includes(unit))].slice(0, SHOWN);
  const evidence = shown.map(({ id, title, summary, claims }) => ({ id, title, summary, claims }));
  const found = new Map<string, ForceAnswer>();
  // Twice as many questions as it takes: who still repeats itself then will not stop.
  for (let left = 2 * Math.ceil(total / PER_QUESTION); left > 0 && found.size < total; left -= 1) {
    const count = Math.min(PER_QUESTION, total - found.size);
    const labels = [...found.values()].map(({ label }) => label);
    const about = { domain, count, total, named: labels, focal_issue: issue, evidence };
    for (const force of (await ask("forces", about)).forces) {
      const key = force.label.toLowerCase();
      if (found.size < total && !found.has(key)) found.set(key, force);
    }
  }
  if (found.size < total) {
    throw new NodeFailure(`Only ${found.size} of ${total} ${domain} forces could be named.`);
  }
  return [...found.values()];
}

function forceOf(
  answer: ForceAnswer,
  domain: Domain,
  number: number,
  known: ReadonlySet<string>,
  { note }: Work,
): Force {
  const force_id = `force-${number}`;
  const ids = [...new Set(answer.evidence_unit_ids)];
  const linked = ids.filter((id) => known.has(id));
  if (linked.length < ids.length) note("stripped_unknown_evidence", { force_id });
  return {
    ...answer,
    force_id,
    domain,
    evidence_unit_ids: linked,
    unlinked: linked.length === 0,
  };
}
