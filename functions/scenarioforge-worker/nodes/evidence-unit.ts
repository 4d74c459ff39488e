import { EXCERPT_CHARACTERS, RAW_TEXT_CHARACTERS } from "../../scenarios/artifacts/evidence.ts";
import type { EvidenceUnit } from "../../scenarios/artifacts/evidence.ts";
import { readable } from "../../scenarios/artifacts/text.ts";
import type { Fetched, Work } from "./node.ts";

/** Characters of a text that a model reads. */
const READ_CHARACTERS = 24_000;
/** A text that is shorter says too little to be evidence by itself. */
const USABLE_CHARACTERS = 200;

interface Origin {
  readonly id: string;
  readonly url: string;
  readonly method: EvidenceUnit["source_method"];
  readonly publisher: string;
}

/** What a model reads out of a fetched page or an uploaded document. */
export async function evidenceFrom(
  fetched: Fetched,
  { id, url, method, publisher }: Origin,
  { brief, ask }: Pick<Work, "brief" | "ask">,
  focalIssue: string,
): Promise<EvidenceUnit> {
  const text = readable(fetched.text);
  const read = await ask("evidence", {
    title: fetched.title,
    url,
    content: text.slice(0, READ_CHARACTERS),
    focal_issue: focalIssue,
  });
  const isUsable = text.length >= USABLE_CHARACTERS;
  return {
    id,
    evidence_unit_id: id,
    url,
    ...read,
    status: isUsable ? "ok" : "partial",
    failure_reason: isUsable ? null : `It has only ${text.length} characters of text.`,
    retrieved_at: brief.createdAt,
    content_type: fetched.contentType,
    http_status: fetched.httpStatus,
    source_method: method,
    embedding_ref: null,
    raw_text: text.slice(0, RAW_TEXT_CHARACTERS).toWellFormed().trim(),
    excerpt: text.slice(0, EXCERPT_CHARACTERS).toWellFormed().trim(),
    publisher: publisher.slice(0, 300),
    date_published: null,
    reliability_notes: "",
    simulated: false,
  };
}

/** Evidence that could not be had, which is said rather than left out. */
export function failedUnit(
  { id, url, method, publisher }: Origin,
  reason: string,
  { brief }: Pick<Work, "brief">,
): EvidenceUnit {
  return {
    id,
    evidence_unit_id: id,
    url,
    title: url.slice(0, 300),
    status: "failed",
    failure_reason: reason.slice(0, 400),
    summary: "",
    claims: [],
    metrics: [],
    tags: [],
    retrieved_at: brief.createdAt,
    content_type: null,
    http_status: null,
    source_method: method,
    embedding_ref: null,
    raw_text: "",
    excerpt: "",
    publisher: publisher.slice(0, 300),
    date_published: null,
    source_type: "tertiary",
    reliability_grade: "D",
    reliability_reason: "It could not be read.",
    reliability_notes: "",
    geography_tags: [],
    domain_tags: [],
    simulated: false,
  };
}
