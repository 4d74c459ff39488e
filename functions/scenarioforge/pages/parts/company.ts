import { html } from "hono/html";
import { facts } from "../../../viewer/components/facts.ts";
import { chips, titledBullets } from "../../../viewer/components/list.ts";
import { section, subsection } from "../../../viewer/components/section.ts";
import { nothing, outsideLink, type Html } from "../../../viewer/html.ts";
import type { Report } from "../report.ts";

/** Who asks, and what about. */
export function companyPart({
  charter,
  focal_issue: issue,
  company_profile: company,
}: Report): Html {
  const { urls } = company.source_basis;
  return section({
    id: "company",
    title: "The question",
    lede: "Who asks, what has to be decided, and what would make the answer useful.",
    body: [
      html`<div class="prose">
        ${[charter.purpose, charter.decision_context]
          .filter((text) => text !== "")
          .map((text) => html`<p dir="auto">${text}</p>`)}
      </div>`,
      facts([
        ["Industry", company.industry],
        ["Decision", issue.decision_type],
        ["Sectors", issue.scope.sectors.length > 0 ? chips(issue.scope.sectors) : undefined],
        ["Stakeholders", charter.stakeholders.length > 0 ? chips(charter.stakeholders) : undefined],
      ]),
      html`<div class="pair">
        ${titledBullets("Taken as given", charter.assumptions)}
        ${titledBullets("Limits", charter.constraints)}
        ${titledBullets("What would make it useful", [
          ...new Set(
            [issue.success_criteria, ...charter.success_criteria].filter((text) => text !== ""),
          ),
        ])}
        ${titledBullets("Left out", issue.exclusions)}
        ${titledBullets("Key risks", company.key_risks)}
        ${titledBullets("Priorities", company.strategic_priorities)}
      </div>`,
      company.annual_report_summary === ""
        ? nothing
        : subsection(
            "From the annual report",
            html`<p dir="auto" class="prose">${company.annual_report_summary}</p>
              ${
                company.annual_report_source === ""
                  ? nothing
                  : html`<p>${outsideLink(company.annual_report_source)}</p>`
              }`,
          ),
      urls.length === 0
        ? nothing
        : subsection(
            "Sources that were named",
            html`<ul class="bullets">
              ${urls.map((url) => html`<li>${outsideLink(url)}</li>`)}
            </ul>`,
          ),
    ],
  });
}
