/** IAM's service accounts, and a project's own roles. */
import { kind, type Place } from "../kind.ts";

/** Its id in a name is its email address. */
export const account = kind({
  noun: "account",
  template: "projects/{project}/serviceAccounts/{email}",
  member: { type: "gcp:serviceaccount/iAMMember:IAMMember", whole: "serviceAccountId" },
});

/** A role has no policy of its own. */
export const customRole = kind({
  noun: "custom role",
  template: "projects/{project}/roles/{role}",
});

/** `enqueuer-api@P.iam.gserviceaccount.com` */
export function accountEmail(id: string, { project }: Pick<Place, "project">): string {
  return `${id}@${project}.iam.gserviceaccount.com`;
}

/** `projects/P/serviceAccounts/enqueuer-api@P.iam.gserviceaccount.com` */
export function accountName(id: string, place: Pick<Place, "project">): string {
  return account.of(accountEmail(id, place), place);
}

/** A service account of a project as a member of a policy. */
export function accountMember(id: string, place: Pick<Place, "project">): string {
  return `serviceAccount:${accountEmail(id, place)}`;
}

const MEMBER = /^serviceAccount:(?<id>[^@]+)@(?<project>.+)\.iam\.gserviceaccount\.com$/;

/**
 * `enqueuer-api` where the member is a service account of the resource's own project; otherwise undefined. A bucket is
 * taken to be of the project that its name begins with.
 */
export function ownAccount(member: string, resource: string): string | undefined {
  const { id, project = "" } = MEMBER.exec(member)?.groups ?? {};
  const isOwn =
    resource === `projects/${project}` ||
    resource.startsWith(`projects/${project}/`) ||
    resource.startsWith(`projects/_/buckets/${project}-`);
  return isOwn ? id : undefined;
}
