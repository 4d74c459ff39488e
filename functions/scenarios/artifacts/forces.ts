import * as v from "valibot";
import { Belonging } from "./metadata.ts";
import { Id, Ids, Share, sentences, text } from "./text.ts";

/** PESTEL, in the order in which forces are numbered. */
export const DOMAINS = [
  "political",
  "economic",
  "social",
  "technological",
  "environmental",
  "legal",
] as const;
export const Domain = v.picklist(DOMAINS);
export type Domain = v.InferOutput<typeof Domain>;

export const LAYERS = ["primary", "secondary", "tertiary"] as const;

/** The dimensions that weigh in the business impact; a model may name others. */
export const DIMENSIONS = [
  "cost",
  "demand",
  "regulation",
  "tech_feasibility",
  "capital",
  "labor",
  "risk",
] as const;

export const ForceAnswer = v.object({
  layer: v.picklist(LAYERS),
  label: text(160),
  mechanism: text(600),
  directionality: text(400),
  affected_dimensions: sentences(0, 6, 40),
  evidence_unit_ids: Ids,
  confidence: Share,
  confidence_rationale: text(400),
});
export type ForceAnswer = v.InferOutput<typeof ForceAnswer>;

/** The forces of one domain, so many at a time. */
export const ForcesAnswer = v.object({
  forces: v.pipe(v.array(ForceAnswer), v.minLength(1), v.maxLength(24)),
});

export const Force = v.strictObject({
  force_id: Id,
  domain: Domain,
  ...ForceAnswer.entries,
  /** No evidence of this run speaks for it. */
  unlinked: v.boolean(),
});
export type Force = v.InferOutput<typeof Force>;

export const Forces = v.strictObject({
  ...Belonging,
  forces: v.pipe(v.array(Force), v.minLength(1), v.maxLength(400)),
});
export type Forces = v.InferOutput<typeof Forces>;

const RankedForce = v.strictObject({
  force_id: Id,
  ebe_score: v.number(),
  E_emergence: v.number(),
  B_business_impact: v.number(),
  E_evidence_strength: v.number(),
  rationale: text(800),
});
export type RankedForce = v.InferOutput<typeof RankedForce>;

const IdsByName = v.record(v.pipe(v.string(), v.maxLength(60)), Ids);

export const ForcesRanked = v.strictObject({
  ...Belonging,
  forces: v.array(RankedForce),
  weights: v.strictObject({
    emergence: v.number(),
    business_impact: v.number(),
    evidence_strength: v.number(),
  }),
  coverage_stats: v.strictObject({
    by_layer: v.record(v.picklist(LAYERS), v.number()),
    linked_forces: v.number(),
    linked_ratio: Share,
    total_forces: v.number(),
  }),
  top_by_domain: IdsByName,
  top_by_layer: IdsByName,
});
export type ForcesRanked = v.InferOutput<typeof ForcesRanked>;
