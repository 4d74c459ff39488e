/** What scenarioforge takes over of what its document's commands made: the bucket. */
import { systemEntry, within, type Takeover } from "../../takeover.ts";
import type { ScenarioforgeConfig } from "./config.ts";
import * as names from "./names.ts";

export function scenarioforgeTakeover(config: ScenarioforgeConfig): Takeover {
  const { project, region, scenarioBucket } = config;
  return {
    resources: [
      systemEntry("switchyard:system:Scenarioforge", names.SYSTEM),
      ...(scenarioBucket === ""
        ? []
        : within(
            names.SYSTEM,
            { type: "switchyard:component:Bucket", logicalName: `${names.SYSTEM}-runs` },
            { type: "gcp:storage/bucket:Bucket", id: `${project}/${scenarioBucket}` },
          )),
    ],
    remarks: [
      ...(scenarioBucket === ""
        ? ["A bucket of runs that exists is taken over where scenarioBucket names it.", ""]
        : []),
      "What cannot be taken over, since a Cloud Run service does not become a function:",
      "  scenarioforge: the function bears the name of the old service, so remove that one before pulumi up:",
      `  gcloud run services delete scenarioforge --region=${region} --project=${project}`,
      "A secret named GEMINI_API_KEY cannot be made a second time, so remove that one, too; scenarioGeminiApiKey has its value:",
      `  gcloud secrets delete ${names.GEMINI_API_KEY} --project=${project}`,
    ],
  };
}
