import { belonging } from "../brief.ts";
import type { Node } from "./node.ts";

/** Different answers to the focal issue. */
export const strategies: Node = {
  name: "strategies",
  usesModel: true,
  make: async ({ brief, read, ask }) => {
    const answer = await ask(
      "strategies",
      {
        focal_issue: (await read("focal_issue")).focal_issue,
        company_profile: await read("company_profile"),
        scenarios: (await read("scenarios_enriched")).scenarios,
      },
      ({ strategies: given }) =>
        new Set(given.map(({ name }) => name.toLowerCase())).size === given.length
          ? []
          : ["Two strategies have the same name."],
    );
    return {
      artifacts: {
        strategies: {
          ...belonging(brief),
          strategies: answer.strategies.map((each, index) => ({ id: `st-${index + 1}`, ...each })),
        },
      },
    };
  },
};
