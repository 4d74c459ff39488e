import * as v from "valibot";
import { Domain } from "./forces.ts";
import { Belonging } from "./metadata.ts";
import { Id, sentences, text, textOrNone } from "./text.ts";

export const RAW_TEXT_CHARACTERS = 4_000;
export const EXCERPT_CHARACTERS = 300;

/** A to D: how far a source is to be believed. */
export const Grade = v.picklist(["A", "B", "C", "D"]);
export type Grade = v.InferOutput<typeof Grade>;

/** What a model reads out of a page or a document. */
export const EvidenceAnswer = v.object({
  title: text(300),
  summary: text(1_500),
  claims: sentences(1, 8),
  metrics: sentences(0, 8, 200),
  tags: sentences(0, 8, 60),
  domain_tags: v.pipe(v.array(Domain), v.maxLength(6)),
  geography_tags: sentences(0, 8, 100),
  source_type: v.picklist(["primary", "secondary", "tertiary"]),
  reliability_grade: Grade,
  reliability_reason: text(400),
});
export type EvidenceAnswer = v.InferOutput<typeof EvidenceAnswer>;

export const EvidenceUnit = v.strictObject({
  id: Id,
  evidence_unit_id: Id,
  url: v.pipe(v.string(), v.maxLength(2_048)),
  title: text(300),
  status: v.picklist(["ok", "partial", "failed"]),
  failure_reason: v.nullable(text(400)),
  summary: textOrNone(1_500),
  claims: sentences(0, 8),
  metrics: sentences(0, 8, 200),
  tags: sentences(0, 8, 60),
  retrieved_at: v.pipe(v.string(), v.isoTimestamp()),
  content_type: v.nullable(textOrNone(200)),
  http_status: v.nullable(v.pipe(v.number(), v.integer())),
  source_method: v.picklist(["simulation", "source", "search", "upload"]),
  embedding_ref: v.nullable(v.pipe(v.string(), v.maxLength(80))),
  raw_text: textOrNone(RAW_TEXT_CHARACTERS),
  excerpt: textOrNone(EXCERPT_CHARACTERS),
  publisher: textOrNone(300),
  date_published: v.nullable(v.pipe(v.string(), v.isoTimestamp())),
  source_type: v.picklist(["primary", "secondary", "tertiary"]),
  reliability_grade: Grade,
  reliability_reason: text(400),
  reliability_notes: textOrNone(400),
  geography_tags: sentences(0, 8, 200),
  domain_tags: v.pipe(v.array(Domain), v.maxLength(6)),
  simulated: v.boolean(),
});
export type EvidenceUnit = v.InferOutput<typeof EvidenceUnit>;

/** What was found out before the forces are named. */
export const EvidenceUnits = v.strictObject({
  ...Belonging,
  evidence_units: v.pipe(v.array(EvidenceUnit), v.maxLength(400)),
});
export type EvidenceUnits = v.InferOutput<typeof EvidenceUnits>;

const Count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const RetrievalReport = v.strictObject({
  ...Belonging,
  schema_version: v.literal("1.0"),
  status: v.picklist(["ok", "failed"]),
  counts: v.strictObject({ ok: Count, partial: Count, failed: Count, total: Count }),
  thresholds: v.strictObject({
    max_failed_ratio: v.nullable(v.number()),
    min_evidence_ok: Count,
    min_evidence_total: Count,
  }),
  recovery: v.strictObject({
    attempted_replacements: Count,
    exhausted: v.boolean(),
    reasons: sentences(0, 50),
    search_queries_used: Count,
  }),
  notes: sentences(0, 50),
});
export type RetrievalReport = v.InferOutput<typeof RetrievalReport>;
