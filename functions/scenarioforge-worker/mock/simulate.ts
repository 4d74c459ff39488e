import type { Brief } from "../brief.ts";
import type { EvidenceUnit } from "../../scenarios/artifacts/evidence.ts";
import { DOMAINS } from "../../scenarios/artifacts/forces.ts";
import type { Domain } from "../../scenarios/artifacts/forces.ts";
import { chanceOf } from "./chance.ts";
import { placeOf, reachOf } from "./place.ts";
import { THEMES } from "./themes.ts";

const PER_DOMAIN = 3;
const MAX_UNITS = 300;

const KINDS = [
  ["what buyers report", "A survey of buyers"],
  ["a regional outlook", "A regional outlook"],
  ["five years of figures", "A series of yearly figures"],
  ["interviews in the trade", "Interviews in the trade"],
] as const;

/** Made-up evidence, flagged as such: so many units, as evenly over the domains as they go. One of them is partial. */
export function simulateEvidence(brief: Brief, atLeast: number): EvidenceUnit[] {
  const wanted = Math.min(MAX_UNITS, Math.max(PER_DOMAIN * DOMAINS.length, atLeast + 1));
  const perDomain = Math.ceil(wanted / DOMAINS.length);
  const partial = chanceOf(brief.seed).below(wanted, "partial evidence");
  return DOMAINS.flatMap((domain, index) =>
    Array.from({ length: perDomain }, (_, nth) => {
      const number = index * perDomain + nth + 1;
      return unit(brief, domain, nth, number, number - 1 === partial);
    }),
  );
}

function unit(
  brief: Brief,
  domain: Domain,
  nth: number,
  number: number,
  isPartial: boolean,
): EvidenceUnit {
  const chance = chanceOf(brief.seed);
  const themes = chance.shuffled(THEMES[domain], "themes", domain);
  const theme = themes[nth % themes.length] ?? THEMES[domain][0];
  const [kind, source] = chance.pick(KINDS, "evidence", domain, nth);
  const place = placeOf(brief);
  const title = `${theme.name} in ${place}: ${kind}`;
  const share = 15 + chance.below(60, "share", domain, nth);
  const claims = [
    `${theme.mechanism} ${reachOf(brief)}.`,
    `${share} percent of those asked expect this to matter for companies like ${brief.company}.`,
  ];
  const summary = `${source} (simulated) on ${theme.name.toLowerCase()} in ${place}. ${theme.direction}.`;
  const raw = [summary, ...claims].join(" ");
  return {
    id: `sim-${number}`,
    evidence_unit_id: `sim-${number}`,
    url: `simulated://${domain}/${number}`,
    title: title.slice(0, 300),
    status: isPartial ? "partial" : "ok",
    failure_reason: isPartial ? "Only a part of the source could be simulated." : null,
    summary,
    claims: isPartial ? claims.slice(0, 1) : claims,
    metrics: isPartial ? [] : [`${share} percent of those asked (simulated)`],
    tags: [theme.name.toLowerCase()],
    retrieved_at: brief.createdAt,
    content_type: null,
    http_status: null,
    source_method: "simulation",
    embedding_ref: null,
    raw_text: raw.slice(0, 4_000),
    excerpt: raw.slice(0, 300),
    publisher: "simulated",
    date_published: null,
    source_type: "tertiary",
    reliability_grade: "D",
    reliability_reason: "simulated evidence",
    reliability_notes: "",
    geography_tags: [brief.geography],
    domain_tags: [domain],
    simulated: true,
  };
}
