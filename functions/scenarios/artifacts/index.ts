import type * as v from "valibot";
import { AuditReport } from "./audit-report.ts";
import { UncertaintyAxes } from "./axes.ts";
import { Charter } from "./charter.ts";
import { Clusters } from "./clusters.ts";
import { CompanyProfile } from "./company-profile.ts";
import { Evaluations } from "./evaluations.ts";
import { EvidenceUnits, RetrievalReport } from "./evidence.ts";
import { FocalIssue } from "./focal-issue.ts";
import { Forces, ForcesRanked } from "./forces.ts";
import { PromptManifest } from "./prompt-manifest.ts";
import { Scenarios } from "./scenarios.ts";
import { Strategies } from "./strategies.ts";
import { WindTunnel } from "./wind-tunnel.ts";

/** The artifacts of a run by their names: what each looks like, and the name that index.json gives this look. */
export const ARTIFACTS = {
  prompt_manifest: { schema: PromptManifest, schemaName: "prompt_manifest" },
  scenario_charter_raw_prevalidate: { schema: Charter, schemaName: "charter" },
  scenario_charter: { schema: Charter, schemaName: "charter" },
  focal_issue: { schema: FocalIssue, schemaName: "focal_issue.schema" },
  company_profile: { schema: CompanyProfile, schemaName: "company_profile" },
  evidence_units_uploads: { schema: EvidenceUnits, schemaName: "evidence_units.schema" },
  evidence_units: { schema: EvidenceUnits, schemaName: "evidence_units.schema" },
  retrieval_report: { schema: RetrievalReport, schemaName: "retrieval_report" },
  forces: { schema: Forces, schemaName: "forces" },
  forces_ranked: { schema: ForcesRanked, schemaName: "forces_ranked" },
  clusters: { schema: Clusters, schemaName: "clusters" },
  uncertainty_axes: { schema: UncertaintyAxes, schemaName: "uncertainty_axes" },
  scenarios: { schema: Scenarios, schemaName: "scenarios" },
  scenarios_enriched: { schema: Scenarios, schemaName: "scenarios" },
  strategies: { schema: Strategies, schemaName: "strategies" },
  wind_tunnel: { schema: WindTunnel, schemaName: "wind_tunnel" },
  wind_tunnel_evaluations_v2: { schema: Evaluations, schemaName: "wind_tunnel_evaluations_v2" },
  audit_report: { schema: AuditReport, schemaName: "audit_report" },
} as const satisfies Record<string, { schema: v.GenericSchema; schemaName: string }>;

export type ArtifactName = keyof typeof ARTIFACTS;
export type Artifact<Name extends ArtifactName> = v.InferOutput<(typeof ARTIFACTS)[Name]["schema"]>;
