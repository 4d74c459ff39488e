import { horizonInWords } from "../brief.ts";
import type { Mocks } from "./mocks.ts";
import { placeOf, reachOf } from "./place.ts";

const OCCASIONS = [
  "a plant that has to be renewed or closed",
  "a contract that ends and may not be renewed",
  "two business units that compete for the same budget",
  "a competitor that was sold and is being rebuilt",
  "a board that wants one plan in place of three",
] as const;

const SECTORS = [
  "Manufacturing",
  "Energy",
  "Logistics",
  "Retail",
  "Health",
  "Software and services",
] as const;

/** What the study is about, and for whom. */
export const framing: Pick<Mocks, "charter" | "focal_issue" | "company_profile" | "queries"> = {
  charter: (_, { brief, chance }) => {
    const horizon = horizonInWords(brief.horizonMonths);
    const place = placeOf(brief);
    return {
      title: `${brief.company} over the next ${horizon}`.slice(0, 200),
      purpose: `Prepare the decisions that ${brief.company} takes now and cannot take back within ${horizon}.`,
      scope: `${brief.company} in ${place}, ${reachOf(brief)}.`,
      decision_context: `The study was asked for because of ${chance.pick(OCCASIONS, "occasion")}. What is decided will bind ${brief.company} for ${horizon}.`,
      assumptions: [
        "The core business stays profitable for the next two years.",
        "No single customer makes up more than a third of revenue.",
        `Production in ${place} remains possible throughout.`,
      ],
      constraints: [
        "Investment is paid out of the running business.",
        "No more than one large project at a time.",
      ],
      stakeholders: ["Board", "Works council", "Largest customers", "Banks"],
      success_criteria: [
        "The board names the decision that each scenario would change.",
        "Every scenario has signposts that somebody watches.",
      ],
    };
  },
  focal_issue: ({ charter }, { brief, chance }) => ({
    focal_issue: `How should ${brief.company} invest in ${placeOf(brief)} over the next ${horizonInWords(brief.horizonMonths)} so that it stays independent ${reachOf(brief)}?`,
    decision_type: chance.pick(["Strategic investment", "Portfolio", "Location"], "decision"),
    success_criteria: charter.success_criteria[0] ?? "A decision is taken.",
    exclusions: ["Day-to-day pricing", "Changes of personnel"],
    sectors: chance.shuffled(SECTORS, "sectors").slice(0, 2),
  }),
  company_profile: (_, { brief, chance }) => ({
    industry: chance.shuffled(SECTORS, "sectors")[0] ?? "Manufacturing",
    annual_report_summary: "",
    key_risks: [
      "A single site makes the most important product.",
      `Half of the specialists in ${placeOf(brief)} retire within the horizon.`,
    ],
    strategic_priorities: chance
      .shuffled(
        [
          "Grow service revenue",
          "Halve energy use per unit",
          "Win customers outside the home market",
          "Bring software in-house",
        ],
        "priorities",
      )
      .slice(0, 2),
  }),
  queries: ({ focal_issue }, { brief }) => ({
    queries: focal_issue.scope.sectors.map((sector) => `${sector} outlook ${brief.geography}`),
  }),
};
