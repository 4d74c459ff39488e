import type { EvidenceUnit } from "../../scenarios/artifacts/evidence.ts";
import { belonging } from "../brief.ts";
import { NodeFailure } from "../failure.ts";
import { evidenceFrom, failedUnit } from "./evidence-unit.ts";
import type { Fetched, Node, Work } from "./node.ts";

const CHUNK_CHARACTERS = 24_000;
/** A longer document is read this far, which its evidence says. */
const MAX_CHUNKS = 4;

/** Evidence from uploaded documents. Skipped where there are none. */
export const ingestDocs: Node = {
  name: "ingest_docs",
  usesModel: true,
  skips: ({ documents }) => documents.length === 0,
  make: async (work) => {
    const issue = (await work.read("focal_issue")).focal_issue;
    const units: EvidenceUnit[] = [];
    for (const [index, id] of work.documents.entries()) {
      units.push(...(await unitsOf(id, index + 1, issue, work)));
    }
    return {
      artifacts: { evidence_units_uploads: { ...belonging(work.brief), evidence_units: units } },
    };
  },
};

async function unitsOf(
  document: string,
  number: number,
  issue: string,
  work: Work,
): Promise<EvidenceUnit[]> {
  const origin = {
    id: `doc-${number}`,
    url: `upload://${document}`,
    method: "upload" as const,
    publisher: "uploaded",
  };
  let opened: Fetched;
  try {
    opened = await work.openDocument(document);
  } catch (error) {
    if (!(error instanceof NodeFailure) || !error.isFinal) throw error;
    return [failedUnit(origin, error.message, work)];
  }
  const { text } = opened;
  const count = Math.max(1, Math.ceil(text.length / CHUNK_CHARACTERS));
  if (count > MAX_CHUNKS) {
    work.note("document_cut", { document, characters: text.length, chunks_read: MAX_CHUNKS });
  }
  const units: EvidenceUnit[] = [];
  for (let chunk = 0; chunk < Math.min(count, MAX_CHUNKS); chunk += 1) {
    const part = text.slice(chunk * CHUNK_CHARACTERS, (chunk + 1) * CHUNK_CHARACTERS);
    const id = count === 1 ? origin.id : `${origin.id}-${chunk + 1}`;
    units.push(await evidenceFrom({ ...opened, text: part }, { ...origin, id }, work, issue));
  }
  return units;
}
