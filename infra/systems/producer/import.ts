/** What the producer takes over of what its document's commands made: the work bucket, and with a mount the service. */
import { runService, systemEntry, within, type Takeover } from "../../takeover.ts";
import * as run from "../../google/run/kinds.ts";
import type { ProducerConfig } from "./config.ts";
import * as names from "./names.ts";

export function producerTakeover(config: ProducerConfig): Takeover {
  return {
    resources: [
      systemEntry("switchyard:system:Producer", names.SYSTEM),
      ...(config.producerWorkBucket === ""
        ? []
        : within(
            names.SYSTEM,
            { type: "switchyard:component:Bucket", logicalName: `${names.SYSTEM}-work` },
            {
              type: "gcp:storage/bucket:Bucket",
              id: `${config.project}/${config.producerWorkBucket}`,
            },
          )),
      ...(config.producerMount
        ? runService(
            names.SYSTEM,
            `${names.SYSTEM}-${names.FUNCTIONS.bridge}-service`,
            run.service.of(names.FUNCTIONS.bridge, config),
          )
        : []),
    ],
    remarks: remarks(config),
  };
}

function remarks({
  project,
  region,
  producerMount,
  producerWorkBucket,
}: ProducerConfig): readonly string[] {
  return [
    ...(producerWorkBucket === ""
      ? ["A work bucket that exists is taken over where producerWorkBucket names it.", ""]
      : []),
    ...(producerMount
      ? [
          "The service producer is taken over; pulumi up gives it its archive in place of the image.",
        ]
      : [
          "What cannot be taken over, since a Cloud Run service does not become a function:",
          "  producer: the function bears the name of the old service, so remove that one before pulumi up:",
          `  gcloud run services delete producer --region=${region} --project=${project}`,
        ]),
  ];
}
