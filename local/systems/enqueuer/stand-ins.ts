/** The sample worker in the place of workers that the program does not declare: under their name, host and path. */
import type { ExternalWorker } from "../../../infra/systems/enqueuer/outside.ts";
import { sliceOf, withSlice, type Declared } from "../../declared/declared.ts";
import type { BundleOf } from "../../declared/record.ts";
import { storage, type Bucket } from "../../google/storage/declared.ts";
import type { ServiceSpec } from "../../host/spec.ts";
import type { Binding } from "../../iam/types.ts";

/** The folder in functions/ that can stand in for any worker. */
const SAMPLE_WORKER = "worker";

/** Service account of all stand-ins: whom an external service runs as is not known here. */
const ACCOUNT = "external-worker";

/** Cloud Run's defaults, as wide as they go: what an external service is really given is not known here. */
const WIDEST = {
  start: { entryPoint: SAMPLE_WORKER },
  labels: { role: SAMPLE_WORKER },
  timeoutSeconds: 3600,
  concurrency: 80,
  maxInstances: 100,
  memory: "512Mi",
  cpu: "1",
} as const;

type Bundle = Awaited<ReturnType<BundleOf>>;

/** Adds what the workers need where they do not bring it, and what the program declares itself it has already. */
export function withStandIns(
  declared: Declared,
  workers: readonly ExternalWorker[],
  { folder, hash }: Pick<Bundle, "folder" | "hash">,
): Declared {
  const email = `${ACCOUNT}@${declared.projectId}.iam.gserviceaccount.com`;
  const standIns = workers.map(({ service, region, url, env }): ServiceSpec => ({
    ...WIDEST,
    name: service,
    role: SAMPLE_WORKER,
    region,
    url: new URL(url).origin,
    serviceAccount: email,
    folder,
    source: `${SAMPLE_WORKER}-${hash}`,
    env: { ...env },
    secretEnv: {},
  }));
  const names = new Set(workers.map(({ env }) => env.DELIVERIES_BUCKET));
  const { bucket } = sliceOf(declared, storage);
  const missing = [...names].filter((name) => bucket.every((each) => each.name !== name));
  const added = missing.map((name): Bucket => ({
    name,
    location: declared.region,
    uniformBucketLevelAccess: true,
    publicAccessPrevention: "enforced",
  }));
  // Nobody has to grant it in the cloud, so the report of what is granted leaves it out like Google's own.
  const bindings = [...names].map((name): Binding => ({
    kind: "google",
    member: `serviceAccount:${email}`,
    role: "roles/storage.objectUser",
    resource: `projects/_/buckets/${name}`,
  }));
  return {
    ...withSlice(declared, storage, { bucket: [...bucket, ...added] }),
    serviceAccounts: [...declared.serviceAccounts, { id: ACCOUNT, email }],
    standIns: [...declared.standIns, ...standIns],
    bindings: [...declared.bindings, ...bindings],
  };
}
