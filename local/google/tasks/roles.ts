/** Roles of Cloud Tasks. */
import type { Offered, Roles } from "../service.ts";

export const roles: Roles = {
  "roles/cloudtasks.enqueuer": ["cloudtasks.tasks.create", "cloudtasks.tasks.fullView"],
  "roles/cloudtasks.queueAdmin": [
    "cloudtasks.locations.get",
    "cloudtasks.locations.list",
    "cloudtasks.queues.create",
    "cloudtasks.queues.delete",
    "cloudtasks.queues.get",
    "cloudtasks.queues.getIamPolicy",
    "cloudtasks.queues.list",
    "cloudtasks.queues.pause",
    "cloudtasks.queues.purge",
    "cloudtasks.queues.resume",
    "cloudtasks.queues.setIamPolicy",
    "cloudtasks.queues.update",
  ],
  "roles/cloudtasks.serviceAgent": [
    "iam.serviceAccounts.getAccessToken",
    "iam.serviceAccounts.getOpenIdToken",
  ],
  "roles/cloudtasks.taskDeleter": ["cloudtasks.tasks.delete"],
  "roles/cloudtasks.taskRunner": ["cloudtasks.tasks.fullView", "cloudtasks.tasks.run"],
  "roles/cloudtasks.viewer": [
    "cloudtasks.locations.get",
    "cloudtasks.locations.list",
    "cloudtasks.queues.get",
    "cloudtasks.queues.list",
    "cloudtasks.tasks.fullView",
    "cloudtasks.tasks.get",
    "cloudtasks.tasks.list",
  ],
};

export const offered: Offered = {
  supported: [
    "cloudtasks.locations.get",
    "cloudtasks.locations.list",
    "cloudtasks.queues.create",
    "cloudtasks.queues.delete",
    "cloudtasks.queues.get",
    "cloudtasks.queues.getIamPolicy",
    "cloudtasks.queues.list",
    "cloudtasks.queues.pause",
    "cloudtasks.queues.purge",
    "cloudtasks.queues.resume",
    "cloudtasks.queues.setIamPolicy",
    "cloudtasks.queues.update",
    "cloudtasks.tasks.create",
    "cloudtasks.tasks.delete",
    "cloudtasks.tasks.fullView",
    "cloudtasks.tasks.get",
    "cloudtasks.tasks.list",
    "cloudtasks.tasks.run",
  ],
};
