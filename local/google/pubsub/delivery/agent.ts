import type { Principal } from "../../../iam/types.ts";
import type { Cloud } from "../../api.ts";

/** Pub/Sub's own account in the project (cloud.google.com/iam/docs/service-agents, Cloud Pub/Sub Service Agent). */
export function agentOf({ projectNumber }: Cloud): Principal {
  return `serviceAccount:service-${projectNumber}@gcp-sa-pubsub.iam.gserviceaccount.com`;
}
