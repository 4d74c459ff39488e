import type { Ending } from "../scenarios/patches.ts";
import type { NodeEvent } from "../scenarios/run.ts";
import type { Work } from "./nodes/node.ts";

/** How a run ends whose nodes are all done: what a reader should know of it makes it one with warnings. */
export async function completed(
  events: readonly NodeEvent[],
  { find }: Pick<Work, "find">,
): Promise<Ending> {
  const uploaded = (await find("evidence_units_uploads"))?.evidence_units ?? [];
  const count = (status: string): number =>
    uploaded.filter((unit) => unit.status === status).length;
  const ingested = { failed: count("failed"), partial: count("partial"), total: uploaded.length };
  const audit = await find("audit_report");
  const hasFindings = audit !== undefined && audit.findings.length > 0;
  const warnings = {
    ...(ingested.failed + ingested.partial > 0 && { ingest_docs: ingested }),
    ...(hasFindings && { auditor: { findings: audit.findings.length } }),
  };
  if (Object.keys(warnings).length === 0) return { status: "COMPLETED", events };
  return { status: "COMPLETED_WITH_WARNINGS", events, warnings };
}
