/** What the person who deploys needs on the project. Granted by whoever owns the project, never by this program. */
export const DEPLOYER_ROLES: readonly { readonly role: string; readonly why: string }[] = [
  { role: "roles/serviceusage.serviceUsageAdmin", why: "enables APIs and makes their agents" },
  {
    role: "roles/resourcemanager.projectIamAdmin",
    why: "gives the build account and plan-executor project roles",
  },
  { role: "roles/iam.serviceAccountAdmin", why: "makes service accounts and grants roles on them" },
  {
    role: "roles/iam.serviceAccountUser",
    why: "deploys what runs, builds and pushes as these accounts",
  },
  {
    role: "roles/artifactregistry.admin",
    why: "makes the repository of images and grants the build account",
  },
  {
    role: "roles/storage.admin",
    why: "makes buckets, uploads sources and tools and grants roles on them",
  },
  { role: "roles/cloudfunctions.admin", why: "deploys functions" },
  { role: "roles/run.admin", why: "grants roles on the functions' services" },
  { role: "roles/pubsub.admin", why: "makes topics and subscriptions and grants roles on them" },
  {
    role: "roles/secretmanager.admin",
    why: "makes secrets, stores their values and grants roles on them",
  },
  { role: "roles/cloudtasks.admin", why: "makes queues and grants roles on them" },
];
