import { clamped } from "../maths/rounding.ts";
import { metadataOf } from "./metadata.ts";
import type { Node } from "./node.ts";

/** The question that all scenarios answer differently. */
export const focalIssue: Node = {
  name: "focal_issue",
  usesModel: true,
  make: async ({ brief, read, ask }) => {
    const charter = await read("scenario_charter");
    const { sectors, ...answer } = await ask("focal_issue", { charter });
    return {
      artifacts: {
        focal_issue: {
          ...answer,
          scope: {
            geography: brief.geography,
            sectors,
            time_horizon_months: clamped(brief.horizonMonths, 36, 120),
          },
          metadata: metadataOf(brief, "focal_issue"),
        },
      },
    };
  },
};
