import { belonging, horizonInWords } from "../brief.ts";
import { PROMPT_HASHES } from "../../scenarios/prompts/index.ts";
import { metadataOf } from "./metadata.ts";
import type { Node } from "./node.ts";

/** Why the study is made. The first node, which also notes the prompts of the run. */
export const charter: Node = {
  name: "charter",
  usesModel: true,
  make: async ({ brief, ask }) => {
    const answer = await ask("charter", {});
    const made = {
      id: `charter-${brief.runId}`.slice(0, 64),
      ...answer,
      time_horizon: horizonInWords(brief.horizonMonths),
      metadata: metadataOf(brief, "charter"),
    };
    return {
      artifacts: {
        prompt_manifest: { ...belonging(brief), prompts: [...PROMPT_HASHES] },
        scenario_charter_raw_prevalidate: made,
        scenario_charter: made,
      },
    };
  },
};
