import * as v from "valibot";

/** Of a run. One path segment, so that no id leads out of its tenant's folder (scenarioforge contract, 9.2). */
export const RunId = v.pipe(
  v.string("must be a string"),
  v.regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/,
    "must be 1 to 64 letters, digits, hyphens and underscores, and begin with a letter or digit",
  ),
);

/** Of whoever runs belong to: one path segment too. */
export const TenantName = v.pipe(
  v.string("must be a string"),
  v.regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/,
    "must be a tenant's name: letters, digits, hyphens and underscores",
  ),
);

/** The nodes of a run in the order in which they run (scenarioforge contract, 6.1). */
export const NODE_NAMES = [
  "charter",
  "focal_issue",
  "company_profile",
  "ingest_docs",
  "retrieval_real",
  "forces",
  "ebe_rank",
  "clusters",
  "uncertainty_axes",
  "scenarios",
  "scenario_media",
  "strategies",
  "wind_tunnel",
  "auditor",
] as const;
export type NodeName = (typeof NODE_NAMES)[number];
