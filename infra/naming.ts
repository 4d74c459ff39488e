/**
 * Names as Google writes them, computed and never random: known before anything exists, and the same on a laptop.
 * This folder says what exists; it imports Pulumi, and of functions/ only types and bundles.
 */

/** Where a resource lives: the part of the config that names are made of. */
export interface Place {
  /** Project id. */
  readonly project: string;
  readonly projectNumber: string;
  readonly region: string;
}

/** `enqueuer-api@P.iam.gserviceaccount.com` */
export function accountEmail(id: string, { project }: Pick<Place, "project">): string {
  return `${id}@${project}.iam.gserviceaccount.com`;
}

/**
 * The URL that Cloud Run derives from a service's name, without a slash at the end. It is also the audience of every call.
 * Source: cloud.google.com/run/docs/triggering/https-request, "Deterministic URL".
 */
export function serviceUrl(name: string, { projectNumber, region }: Place): string {
  return `https://${name}-${projectNumber}.${region}.run.app`;
}

/** Relative resource names, as policies and audit logs write them. */
export const resourceName = {
  project: ({ project }: Place) => `projects/${project}`,
  account: (id: string, place: Place) =>
    `projects/${place.project}/serviceAccounts/${accountEmail(id, place)}`,
  queue: (id: string, { project, region }: Place) =>
    `projects/${project}/locations/${region}/queues/${id}`,
  service: (id: string, { project, region }: Place) =>
    `projects/${project}/locations/${region}/services/${id}`,
  secret: (id: string, { project }: Pick<Place, "project">) => `projects/${project}/secrets/${id}`,
  topic: (id: string, { project }: Pick<Place, "project">) => `projects/${project}/topics/${id}`,
  subscription: (id: string, { project }: Pick<Place, "project">) =>
    `projects/${project}/subscriptions/${id}`,
  /** Buckets share one namespace, so their names say the project; the resource's name does not (`_`). */
  bucket: (name: string) => `projects/_/buckets/${name}`,
  repository: (id: string, { project, region }: Place) =>
    `projects/${project}/locations/${region}/repositories/${id}`,
} as const;

/** A service account of this project as a member of a policy. */
export function accountMember(id: string, place: Place): string {
  return `serviceAccount:${accountEmail(id, place)}`;
}

const ACCOUNT = /^serviceAccount:(?<id>[^@]+)@(?<project>.+)\.iam\.gserviceaccount\.com$/;

/**
 * `enqueuer-api` where the member is a service account of the resource's own project; otherwise undefined. A bucket is
 * taken to be of the project that its name begins with.
 */
export function ownAccount(member: string, resource: string): string | undefined {
  const { id, project = "" } = ACCOUNT.exec(member)?.groups ?? {};
  const isOwn =
    resource === `projects/${project}` ||
    resource.startsWith(`projects/${project}/`) ||
    resource.startsWith(`projects/_/buckets/${project}-`);
  return isOwn ? id : undefined;
}

/** Google's agent of one API in this project, as a member. `gcp-sa-cloudtasks` is the agent's domain. */
export function agentMember(domain: string, { projectNumber }: Place): string {
  return `serviceAccount:service-${projectNumber}@${domain}.iam.gserviceaccount.com`;
}
