import type { EvidenceUnit, RetrievalReport } from "../../scenarios/artifacts/evidence.ts";
import { belonging } from "../brief.ts";
import { NodeFailure } from "../failure.ts";
import { simulateEvidence } from "../mock/simulate.ts";
import { evidenceFrom, failedUnit } from "./evidence-unit.ts";
import type { Fetched, Node, Work } from "./node.ts";

const MAX_PAGES = 30;
const MAX_QUERIES = 3;

interface Retrieved {
  readonly units: readonly EvidenceUnit[];
  readonly queries: number;
  readonly notes: readonly string[];
}

/** Evidence from the given sources and, where that is allowed, from pages that a search finds. */
export const retrievalReal: Node = {
  name: "retrieval_real",
  usesModel: true,
  make: async (work) => {
    const uploaded = (await work.find("evidence_units_uploads"))?.evidence_units ?? [];
    const { units, queries, notes } = work.settings.simulates
      ? simulated(work)
      : await retrieve(work, uploaded);
    const all = [...uploaded, ...units];
    const report = reportOf(all, queries, notes, work);
    return {
      artifacts: {
        evidence_units: { ...belonging(work.brief), evidence_units: all },
        retrieval_report: report,
      },
      ...(report.status === "failed" && { failure: failureOf(report) }),
    };
  },
};

function simulated({ brief, settings }: Work): Retrieved {
  const atLeast = Math.max(settings.minEvidenceOk, settings.minEvidenceTotal);
  return { units: simulateEvidence(brief, atLeast), queries: 0, notes: ["simulated"] };
}

async function retrieve(work: Work, uploaded: readonly EvidenceUnit[]): Promise<Retrieved> {
  const issue = await work.read("focal_issue");
  const notes: string[] = [];
  const given = [...new Set(work.sources)];
  const units: EvidenceUnit[] = [];
  const take = async (urls: readonly string[], method: "source" | "search"): Promise<void> => {
    for (const url of urls) {
      if (units.length >= MAX_PAGES) {
        notes.push(`Only the first ${MAX_PAGES} pages were read.`);
        return;
      }
      units.push(await unitOf(url, method, units.length + 1, issue.focal_issue, work));
    }
  };
  await take(given, "source");
  const lacks = (): boolean => {
    const all = [...uploaded, ...units];
    const ok = all.filter(({ status }) => status === "ok").length;
    return ok < work.settings.minEvidenceOk || all.length < work.settings.minEvidenceTotal;
  };
  if (!work.settings.allowWeb || !lacks()) return { units, queries: 0, notes };

  const company = await work.read("company_profile");
  const asked = await work.ask("queries", { focal_issue: issue, company_profile: company });
  let queries = 0;
  for (const query of asked.queries.slice(0, MAX_QUERIES)) {
    if (!lacks()) break;
    queries += 1;
    const { urls } = await work.search(query);
    const seen = new Set(units.map(({ url }) => url));
    await take(
      urls.filter((url) => !seen.has(url)),
      "search",
    );
  }
  return { units, queries, notes };
}

async function unitOf(
  url: string,
  method: "source" | "search",
  number: number,
  issue: string,
  work: Work,
): Promise<EvidenceUnit> {
  const publisher = URL.canParse(url) ? new URL(url).hostname : "";
  const origin = { id: `ev-${number}`, url, method, publisher };
  let page: Fetched;
  try {
    page = await work.fetchPage(url);
  } catch (error) {
    if (!(error instanceof NodeFailure)) throw error;
    return failedUnit(origin, error.message, work);
  }
  return evidenceFrom(page, origin, work, issue);
}

function reportOf(
  units: readonly EvidenceUnit[],
  queries: number,
  notes: readonly string[],
  { brief, settings }: Work,
): RetrievalReport {
  const count = (status: EvidenceUnit["status"]): number =>
    units.filter((unit) => unit.status === status).length;
  const counts = {
    ok: count("ok"),
    partial: count("partial"),
    failed: count("failed"),
    total: units.length,
  };
  const { minEvidenceOk, minEvidenceTotal, maxFailedRatio } = settings;
  const reasons = [
    ...(counts.ok < minEvidenceOk ? [`${counts.ok} of at least ${minEvidenceOk} are usable.`] : []),
    ...(counts.total < minEvidenceTotal
      ? [`${counts.total} of at least ${minEvidenceTotal} were found.`]
      : []),
    ...(maxFailedRatio !== null && counts.failed > maxFailedRatio * counts.total
      ? [`${counts.failed} of ${counts.total} failed.`]
      : []),
  ];
  return {
    ...belonging(brief),
    schema_version: "1.0",
    status: reasons.length === 0 ? "ok" : "failed",
    counts,
    thresholds: {
      max_failed_ratio: maxFailedRatio,
      min_evidence_ok: minEvidenceOk,
      min_evidence_total: minEvidenceTotal,
    },
    recovery: {
      attempted_replacements: units.filter((unit) => unit.source_method === "search").length,
      exhausted: reasons.length > 0,
      reasons,
      search_queries_used: queries,
    },
    notes: [...notes],
  };
}

function failureOf({ counts, thresholds, recovery }: RetrievalReport): string {
  const { ok, total } = counts;
  return `retrieval_failed: ok=${ok} total=${total} min_ok=${thresholds.min_evidence_ok} min_total=${thresholds.min_evidence_total}: ${recovery.reasons.join(" ")}`;
}
