/**
 * The roles that a row may name, and what they hold.
 *
 * Kept are the permissions on what the local cloud simulates: Cloud Tasks locations, queues and tasks, service accounts,
 * Cloud Run services and routes, buckets and objects, secrets and their versions, topics and subscriptions. Everything
 * else in Google's lists (monitoring, recommender, resourcemanager, …) can be asked for by nothing on this machine. A
 * simulator that is added brings its permissions and roles here.
 *
 * Source: cloud.google.com/iam/docs/roles-permissions, as collected in iann0036/iam-dataset on 2026-08-22.
 */

const ROLES: Readonly<Record<string, readonly string[]>> = {
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
  "roles/iam.serviceAccountTokenCreator": [
    "iam.serviceAccounts.get",
    "iam.serviceAccounts.getAccessToken",
    "iam.serviceAccounts.getOpenIdToken",
    "iam.serviceAccounts.implicitDelegation",
    "iam.serviceAccounts.list",
    "iam.serviceAccounts.signBlob",
    "iam.serviceAccounts.signJwt",
  ],
  "roles/iam.serviceAccountUser": [
    "iam.serviceAccounts.actAs",
    "iam.serviceAccounts.get",
    "iam.serviceAccounts.list",
  ],
  "roles/pubsub.admin": [
    "pubsub.subscriptions.consume",
    "pubsub.subscriptions.create",
    "pubsub.subscriptions.delete",
    "pubsub.subscriptions.get",
    "pubsub.subscriptions.getIamPolicy",
    "pubsub.subscriptions.list",
    "pubsub.subscriptions.setIamPolicy",
    "pubsub.subscriptions.update",
    "pubsub.topics.attachSubscription",
    "pubsub.topics.create",
    "pubsub.topics.delete",
    "pubsub.topics.detachSubscription",
    "pubsub.topics.get",
    "pubsub.topics.getIamPolicy",
    "pubsub.topics.list",
    "pubsub.topics.publish",
    "pubsub.topics.setIamPolicy",
    "pubsub.topics.update",
  ],
  "roles/pubsub.editor": [
    "pubsub.subscriptions.consume",
    "pubsub.subscriptions.create",
    "pubsub.subscriptions.delete",
    "pubsub.subscriptions.get",
    "pubsub.subscriptions.list",
    "pubsub.subscriptions.update",
    "pubsub.topics.attachSubscription",
    "pubsub.topics.create",
    "pubsub.topics.delete",
    "pubsub.topics.detachSubscription",
    "pubsub.topics.get",
    "pubsub.topics.list",
    "pubsub.topics.publish",
    "pubsub.topics.update",
  ],
  "roles/pubsub.publisher": ["pubsub.topics.publish"],
  "roles/pubsub.serviceAgent": [
    "iam.serviceAccounts.get",
    "iam.serviceAccounts.getAccessToken",
    "iam.serviceAccounts.getOpenIdToken",
    "iam.serviceAccounts.implicitDelegation",
    "iam.serviceAccounts.list",
    "iam.serviceAccounts.signBlob",
    "iam.serviceAccounts.signJwt",
  ],
  "roles/pubsub.subscriber": ["pubsub.subscriptions.consume", "pubsub.topics.attachSubscription"],
  "roles/pubsub.viewer": [
    "pubsub.subscriptions.get",
    "pubsub.subscriptions.list",
    "pubsub.topics.get",
    "pubsub.topics.list",
  ],
  "roles/run.invoker": ["run.routes.invoke"],
  "roles/run.viewer": [
    "run.routes.get",
    "run.routes.list",
    "run.services.get",
    "run.services.getIamPolicy",
    "run.services.list",
    "run.services.listEffectiveTags",
    "run.services.listTagBindings",
  ],
  "roles/secretmanager.admin": [
    "secretmanager.secrets.create",
    "secretmanager.secrets.delete",
    "secretmanager.secrets.get",
    "secretmanager.secrets.getIamPolicy",
    "secretmanager.secrets.list",
    "secretmanager.secrets.setIamPolicy",
    "secretmanager.secrets.update",
    "secretmanager.versions.access",
    "secretmanager.versions.add",
    "secretmanager.versions.destroy",
    "secretmanager.versions.disable",
    "secretmanager.versions.enable",
    "secretmanager.versions.get",
    "secretmanager.versions.list",
  ],
  "roles/secretmanager.secretAccessor": ["secretmanager.versions.access"],
  "roles/secretmanager.viewer": [
    "secretmanager.secrets.get",
    "secretmanager.secrets.getIamPolicy",
    "secretmanager.secrets.list",
    "secretmanager.versions.get",
    "secretmanager.versions.list",
  ],
  "roles/storage.admin": [
    "storage.buckets.create",
    "storage.buckets.delete",
    "storage.buckets.get",
    "storage.buckets.getIamPolicy",
    "storage.buckets.list",
    "storage.buckets.setIamPolicy",
    "storage.buckets.update",
    "storage.objects.create",
    "storage.objects.delete",
    "storage.objects.get",
    "storage.objects.getIamPolicy",
    "storage.objects.list",
    "storage.objects.setIamPolicy",
    "storage.objects.update",
  ],
  "roles/storage.bucketViewer": ["storage.buckets.get", "storage.buckets.list"],
  // The only one that reads objects without listing them (cloud.google.com/storage/docs/access-control/iam-roles).
  "roles/storage.legacyObjectReader": ["storage.objects.get"],
  "roles/storage.objectAdmin": [
    "storage.objects.create",
    "storage.objects.delete",
    "storage.objects.get",
    "storage.objects.getIamPolicy",
    "storage.objects.list",
    "storage.objects.setIamPolicy",
    "storage.objects.update",
  ],
  "roles/storage.objectCreator": ["storage.objects.create"],
  "roles/storage.objectUser": [
    "storage.objects.create",
    "storage.objects.delete",
    "storage.objects.get",
    "storage.objects.list",
    "storage.objects.update",
  ],
  "roles/storage.objectViewer": ["storage.objects.get", "storage.objects.list"],

  // Needed to build and to deploy, which happens in the cloud only: known here, but nothing local asks for what they hold.
  "roles/artifactregistry.writer": [],
  "roles/cloudbuild.builds.builder": [],
  "roles/logging.logWriter": [],
};

/** All roles of the table, by name. */
export const ROLE_NAMES: readonly string[] = Object.keys(ROLES).toSorted();

/** The role's permissions on what is simulated; undefined for a role that the table lacks. */
export function permissionsOf(role: string): readonly string[] | undefined {
  return Object.hasOwn(ROLES, role) ? ROLES[role] : undefined;
}

/** Whether Google keeps the role for one of its own agents, like `roles/cloudtasks.serviceAgent`. */
export function isServiceAgentRole(role: string): boolean {
  return role.endsWith(".serviceAgent");
}

/** Roles that hold the permission: fewest permissions first, equals by name; legacy ones, which only buckets take, last. */
export function rolesWith(permission: string): readonly string[] {
  return HOLDERS.get(permission) ?? [];
}

const HOLDERS = holders();

function holders(): ReadonlyMap<string, readonly string[]> {
  const size = (role: string): number => permissionsOf(role)?.length ?? 0;
  const isLegacy = (role: string): number => Number(role.startsWith("roles/storage.legacy"));
  const leastFirst = ROLE_NAMES.toSorted((a, b) => isLegacy(a) - isLegacy(b) || size(a) - size(b));
  const all = new Map<string, string[]>();
  for (const role of leastFirst) {
    for (const permission of permissionsOf(role) ?? []) {
      all.set(permission, [...(all.get(permission) ?? []), role]);
    }
  }
  return all;
}
