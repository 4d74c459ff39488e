/** What the sample worker needs besides its program where it stands in for external workers, which bring their own. */
import type { Binding } from "./iam/types.ts";
import type { Bucket, ExternalService, ServiceAccount } from "./plan.ts";

/** Service account of all stand-ins: whom an external service runs as is not known here. */
const ID = "external-worker";

interface StandIns {
  readonly serviceAccounts: readonly ServiceAccount[];
  readonly buckets: readonly Bucket[];
  readonly bindings: readonly Binding[];
}

/** Of a plan that has external services; what it declares itself, it has already. */
export function standInWorkers(
  { project, region }: { readonly project: string; readonly region: string },
  externalServices: readonly ExternalService[],
  declared: readonly Bucket[],
): StandIns {
  const names = new Set(externalServices.map(({ env }) => env.DELIVERIES_BUCKET));
  const email = standInAccount(project);
  const missing = [...names].filter((name) => declared.every((bucket) => bucket.name !== name));
  return {
    serviceAccounts: names.size === 0 ? [] : [{ id: ID, email }],
    buckets: missing.map((name) => ({
      name,
      location: region,
      uniformBucketLevelAccess: true,
      publicAccessPrevention: "enforced",
    })),
    // Nobody has to grant it in the cloud, so the report of what is granted leaves it out like Google's own.
    bindings: [...names].map((name) => ({
      kind: "google",
      member: `serviceAccount:${email}`,
      role: "roles/storage.objectUser",
      resource: `projects/_/buckets/${name}`,
    })),
  };
}

export function standInAccount(project: string): string {
  return `${ID}@${project}.iam.gserviceaccount.com`;
}
