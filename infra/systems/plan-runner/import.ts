/** What the plan runner takes over of what its document's commands made: the topic, the subscription and its account. */
import type { PlanRunnerConfig } from "./config.ts";
import { systemEntry, within, type Takeover } from "../../takeover.ts";
import * as iam from "../../google/iam/kinds.ts";
import * as pubsub from "../../google/pubsub/kinds.ts";
import { SYSTEM } from "./access.ts";
import * as names from "./names.ts";

export function planRunnerTakeover(config: PlanRunnerConfig): Takeover {
  return {
    resources: [
      systemEntry("switchyard:system:PlanRunner", SYSTEM),
      ...within(
        SYSTEM,
        { type: "switchyard:component:ServiceAccount", logicalName: `${SYSTEM}-${names.PUSH}` },
        {
          type: "gcp:serviceaccount/account:Account",
          id: iam.accountName(names.PUSH, config),
        },
      ),
      ...within(
        SYSTEM,
        { type: "switchyard:component:Topic", logicalName: `${SYSTEM}-${names.TOPIC}` },
        { type: "gcp:pubsub/topic:Topic", id: pubsub.topic.of(names.TOPIC, config) },
      ),
      ...within(
        SYSTEM,
        {
          type: "switchyard:component:PushSubscription",
          logicalName: `${SYSTEM}-${names.SUBSCRIPTION}-subscription`,
        },
        {
          type: "gcp:pubsub/subscription:Subscription",
          id: pubsub.subscription.of(names.SUBSCRIPTION, config),
        },
      ),
    ],
    remarks: remarks(config),
  };
}

function remarks({ project, region }: PlanRunnerConfig): string[] {
  return [
    "The subscription plan-runner comes with its messages and its old endpoint: pulumi up points it to the new function",
    "and gives it its deadline, its backoff and its dead-letter topic.",
    "",
    "What cannot be taken over, since a Cloud Run service does not become a function:",
    "  runner: the old service gets no more deliveries after pulumi up. Remove it then, with the grants on it:",
    `  gcloud run services delete runner --region=${region} --project=${project}`,
    "  The App's old service: plan-app takes its place. Point the GitHub App's webhook to the new URL (npm run",
    "  plan-app:manifest says it), then remove the service, and its account's grant on the topic, which this shows:",
    `  gcloud pubsub topics get-iam-policy ${names.TOPIC} --project=${project}`,
  ];
}
