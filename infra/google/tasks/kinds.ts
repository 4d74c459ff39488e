/** Cloud Tasks. */
import type { ServiceAgent } from "../agent.ts";
import { kind } from "../kind.ts";

export const queue = kind({
  noun: "queue",
  template: "projects/{project}/locations/{location}/queues/{name}",
  member: { type: "gcp:cloudtasks/queueIamMember:QueueIamMember" },
});

export const agent: ServiceAgent = {
  name: "cloudTasks",
  api: "cloudtasks.googleapis.com",
  domain: "gcp-sa-cloudtasks",
  role: "roles/cloudtasks.serviceAgent",
  why: "signs the ID tokens that tasks carry",
  source: "cloud.google.com/iam/docs/service-agents, Cloud Tasks Service Agent",
};
