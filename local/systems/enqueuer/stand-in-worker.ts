/** What the sample worker needs besides its program where it stands in for external workers, which bring their own. */
import type { ExternalService } from "../../declared/declared.ts";
import { storage, type Bucket } from "../../google/storage/declared.ts";
import type { Slice } from "../../google/service.ts";
import type { Binding, ServiceAccount } from "../../iam/types.ts";

/** Service account of all stand-ins: whom an external service runs as is not known here. */
const ID = "external-worker";

type Slices = Readonly<Record<string, Slice>>;

interface StandIns {
  readonly serviceAccounts: readonly ServiceAccount[];
  readonly slices: Slices;
  readonly bindings: readonly Binding[];
}

/** Of a program that has external services; what it declares itself, it has already. */
export function standInWorkers(
  { project, region }: { readonly project: string; readonly region: string },
  externalServices: readonly ExternalService[],
  slices: Slices,
): StandIns {
  const names = new Set(externalServices.map(({ env }) => env.DELIVERIES_BUCKET));
  const email = standInAccount(project);
  const declared = (slices[storage.name] ?? storage.empty()) as { readonly bucket: Bucket[] };
  const missing = [...names].filter((name) => declared.bucket.every((each) => each.name !== name));
  const bucket = [
    ...declared.bucket,
    ...missing.map((name): Bucket => ({
      name,
      location: region,
      uniformBucketLevelAccess: true,
      publicAccessPrevention: "enforced",
    })),
  ];
  return {
    serviceAccounts: names.size === 0 ? [] : [{ id: ID, email }],
    slices: { ...slices, [storage.name]: { ...declared, bucket } },
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
