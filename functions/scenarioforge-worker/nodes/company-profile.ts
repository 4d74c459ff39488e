import type { CompanyProfile } from "../../scenarios/artifacts/company-profile.ts";
import { belonging } from "../brief.ts";
import { NodeFailure } from "../failure.ts";
import { metadataOf } from "./metadata.ts";
import type { Found, Node, Work } from "./node.ts";

type Known = Pick<
  CompanyProfile,
  | "industry"
  | "annual_report_summary"
  | "key_risks"
  | "strategic_priorities"
  | "annual_report_status"
  | "annual_report_source"
>;

const NOTHING_KNOWN: Known = {
  industry: null,
  annual_report_summary: "",
  annual_report_status: "skipped",
  annual_report_source: null,
  key_risks: [],
  strategic_priorities: [],
};

const MAX_FOUND = 12_000;

/** What is known of the company. Without leave to search, a live run says only what its launcher said. */
export const companyProfile: Node = {
  name: "company_profile",
  usesModel: true,
  make: async (work) => {
    const { brief, settings, documents, sources } = work;
    return {
      artifacts: {
        company_profile: {
          ...belonging(brief),
          ...(await known(work)),
          simulated: settings.simulates,
          source_basis: {
            internal_docs: documents.slice(0, 20),
            manual_input: brief.value,
            urls: sources.slice(0, 50),
          },
          metadata: metadataOf(brief, "company_profile"),
        },
      },
    };
  },
};

async function known({ brief, settings, sources, ask, search }: Work): Promise<Known> {
  if (settings.simulates) {
    return { ...NOTHING_KNOWN, ...(await ask("company_profile", { found: "", sources })) };
  }
  if (!settings.allowWeb) return NOTHING_KNOWN;
  let found: Found;
  try {
    found = await search(`${brief.company} annual report ${brief.geography}`);
  } catch (error) {
    // A study can do without: what a search lacks, the profile says, and the sources speak for themselves.
    if (!(error instanceof NodeFailure) || error.isFinal) throw error;
    return { ...NOTHING_KNOWN, annual_report_status: "failed" };
  }
  if (found.text === "") return { ...NOTHING_KNOWN, annual_report_status: "not_found" };
  const answer = await ask("company_profile", {
    found: found.text.slice(0, MAX_FOUND),
    sources: found.urls,
  });
  return {
    ...answer,
    annual_report_status: "summarised",
    annual_report_source: found.urls[0] ?? null,
  };
}
