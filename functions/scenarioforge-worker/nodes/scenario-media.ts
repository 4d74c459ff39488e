import type { Scenario } from "../../scenarios/artifacts/scenarios.ts";
import { NodeFailure } from "../failure.ts";
import type { Node, Work } from "./node.ts";

/** A transparent PNG of one pixel, where no picture is made. */
const PLACEHOLDER = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);
const EXCERPT_CHARACTERS = 160;

/** A day in each scenario, and a picture of it. A picture that cannot be made never fails the run. */
export const scenarioMedia: Node = {
  name: "scenario_media",
  usesModel: true,
  make: async (work) => {
    const told = await work.read("scenarios");
    const enriched: Scenario[] = [];
    const images: Record<string, Buffer> = {};
    for (const scenario of told.scenarios) {
      const { scenario_id } = scenario;
      const file = `scenario_${scenario_id}.png`;
      const media = await work.ask("scenario_media", { scenario });
      work.note("image_prompt_built", {
        scenario_id,
        prompt_excerpt: media.visual_prompt.slice(0, EXCERPT_CHARACTERS).toWellFormed(),
        prompt_len: media.visual_prompt.length,
      });
      images[file] = await paint(media.visual_prompt, scenario_id, work);
      enriched.push({ ...scenario, ...media, image_artifact_path: `artifacts/images/${file}` });
    }
    return { artifacts: { scenarios_enriched: { ...told, scenarios: enriched } }, images };
  },
};

async function paint(prompt: string, scenario_id: string, work: Work): Promise<Buffer> {
  try {
    const image = await work.paint(prompt);
    const operation = image === undefined ? "image_generation_placeholder" : "image_generation_ok";
    work.note(operation, { scenario_id, bytes: (image ?? PLACEHOLDER).length });
    return image ?? PLACEHOLDER;
  } catch (error) {
    if (!(error instanceof NodeFailure)) throw error;
    work.note("image_generation_error", { scenario_id, reason: error.message });
    return PLACEHOLDER;
  }
}
