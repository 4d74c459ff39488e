import type { NodeName } from "../../messages/scenario-names.ts";
import { auditor } from "./auditor.ts";
import { charter } from "./charter.ts";
import { clusters } from "./clusters.ts";
import { companyProfile } from "./company-profile.ts";
import { ebeRank } from "./ebe-rank.ts";
import { focalIssue } from "./focal-issue.ts";
import { forces } from "./forces.ts";
import { ingestDocs } from "./ingest-docs.ts";
import type { Node } from "./node.ts";
import { retrievalReal } from "./retrieval-real.ts";
import { scenarioMedia } from "./scenario-media.ts";
import { scenarios } from "./scenarios.ts";
import { strategies } from "./strategies.ts";
import { uncertaintyAxes } from "./uncertainty-axes.ts";
import { windTunnel } from "./wind-tunnel.ts";

/** What each node of a run does. */
export const NODES: Readonly<Record<NodeName, Node>> = {
  charter,
  focal_issue: focalIssue,
  company_profile: companyProfile,
  ingest_docs: ingestDocs,
  retrieval_real: retrievalReal,
  forces,
  ebe_rank: ebeRank,
  clusters,
  uncertainty_axes: uncertaintyAxes,
  scenarios,
  scenario_media: scenarioMedia,
  strategies,
  wind_tunnel: windTunnel,
  auditor,
};
