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
  repository: (id: string, { project, region }: Place) =>
    `projects/${project}/locations/${region}/repositories/${id}`,
} as const;

/** A service account of this project as a member of a policy. */
export function accountMember(id: string, place: Place): string {
  return `serviceAccount:${accountEmail(id, place)}`;
}

/** Google's agent of one API in this project, as a member. `gcp-sa-cloudtasks` is the agent's domain. */
export function agentMember(domain: string, { projectNumber }: Place): string {
  return `serviceAccount:service-${projectNumber}@${domain}.iam.gserviceaccount.com`;
}
