/**
 * What the local cloud runs: the recorded program as typed, plain values. Pure: no port is opened, no file is read.
 * Whatever the program declares is in the plan, is known to have no meaning locally, or is a problem; nothing is dropped.
 */
import type { protos as pubsub } from "@google-cloud/pubsub";
import type { protos } from "@google-cloud/tasks";
import type { Binding } from "./iam/types.ts";
import { permissionsOf } from "./iam/roles.ts";
import type { Recording, Registration } from "./record.ts";
import { RESOURCES, SAMPLE_WORKER } from "./resources.ts";
import type { Secret } from "./secrets.ts";
import { standInWorkers } from "./stand-in-worker.ts";
import type { DeclaredBucket } from "./simulators/storage/index.ts";

/** A gen2 function, which is a Cloud Run service with a source archive. */
export interface FunctionSpec {
  /** The function's name, which is also its Cloud Run service's: `brain`. */
  readonly name: string;
  /** The folder in functions/ it runs: `worker`. */
  readonly role: string;
  readonly region: string;
  /** `https://brain-123.us-central1.run.app`, without a slash at the end. */
  readonly url: string;
  readonly serviceAccount: string;
  /** The folder that would be uploaded. */
  readonly folder: string;
  /** The object it would be uploaded to; its name changes with the content. */
  readonly source: string;
  readonly entryPoint: string;
  readonly env: Readonly<Record<string, string>>;
  /** Variable → the version of a secret that it holds: `projects/P/secrets/S/versions/latest`. */
  readonly secretEnv: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** Requests that one instance works on at once. */
  readonly concurrency: number;
  readonly maxInstances: number;
  readonly memory: string;
  readonly cpu: string;
}

export interface ServiceAccount {
  /** The part before the @: `enqueuer-api`. */
  readonly id: string;
  readonly email: string;
}

export type Queue = protos.google.cloud.tasks.v2.IQueue & { name: string };

export interface PlannedSecret {
  /** `projects/P/secrets/S` */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of its newest version; undefined where the program makes none. */
  readonly value: Secret | undefined;
}

export type Bucket = DeclaredBucket;

export type Topic = pubsub.google.pubsub.v1.ITopic & { name: string };

export type Subscription = pubsub.google.pubsub.v1.ISubscription & { name: string };

/** A Cloud Run service that the program binds but does not create. */
export type ExternalService = Recording["platform"]["externalServices"][number];

/** A GitHub App as which a system acts. */
export type GitHubApp = Recording["platform"]["githubApps"][number];

/** What people and other programs call. */
export type EntryPoint = Recording["platform"]["entryPoints"][number];

export interface Plan {
  readonly projectId: string;
  readonly projectNumber: string;
  readonly region: string;
  /** The person at the laptop: `user:developer@example.com`. */
  readonly developer: `user:${string}`;
  readonly serviceAccounts: readonly ServiceAccount[];
  readonly queues: readonly Queue[];
  readonly functions: readonly FunctionSpec[];
  readonly buckets: readonly Bucket[];
  readonly topics: readonly Topic[];
  readonly subscriptions: readonly Subscription[];
  readonly secrets: readonly PlannedSecret[];
  readonly externalServices: readonly ExternalService[];
  /** What answers for external services; undefined where there are none. */
  readonly sampleWorker: Pick<FunctionSpec, "role" | "folder" | "source"> | undefined;
  readonly githubApps: readonly GitHubApp[];
  readonly entryPoints: readonly EntryPoint[];
  /** Names of all workers, ours and external. */
  readonly workers: readonly string[];
  /** `role` and `google` rows; what deploying needs has no meaning here. */
  readonly bindings: readonly Binding[];
}

/** All that keeps a program from running locally, one sentence each. */
export class PlanError extends Error {
  override readonly name = "PlanError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(["This program cannot run locally:", ...problems.map((p) => `  - ${p}`)].join("\n"));
    this.problems = problems;
  }
}

/** Where the resources of a record are gathered; `resources.ts` fills it. */
export interface Draft {
  readonly serviceAccounts: ServiceAccount[];
  readonly queues: Queue[];
  readonly functions: Omit<FunctionSpec, "folder" | "url">[];
  readonly buckets: Bucket[];
  readonly topics: Topic[];
  readonly subscriptions: Subscription[];
  readonly secrets: Omit<PlannedSecret, "value">[];
  /** Values of secrets, with their secrets' names. */
  readonly secretVersions: { readonly secret: string; readonly value: Secret }[];
  /** Source archives: `bucket/object` → folder. */
  readonly archives: Map<string, string>;
  readonly members: Omit<Binding, "kind">[];
}

/** The plan of a recorded program. Throws a PlanError with every problem. */
export function plan(recording: Recording): Plan {
  const { config, platform, registrations } = recording;
  const problems: string[] = [];
  const draft: Draft = {
    serviceAccounts: [],
    queues: [],
    functions: [],
    buckets: [],
    topics: [],
    subscriptions: [],
    secrets: [],
    secretVersions: [],
    archives: new Map(),
    members: [],
  };
  for (const registration of registrations) gather(registration, draft, problems);

  const functions = draft.functions.map((spec): FunctionSpec => {
    const folder = draft.archives.get(spec.source);
    if (folder === undefined) {
      problems.push(`Function ${spec.name}: no archive ${spec.source} is declared.`);
    }
    return { ...spec, folder: folder ?? "", url: urlOf(spec, config.projectNumber) };
  });
  const secrets = secretsOf(draft, problems);
  const bindings = bindingsOf(draft.members, platform.rows, problems);
  if (problems.length > 0) throw new PlanError(problems);
  const standIns = standInWorkers(config, platform.externalServices, draft.buckets);
  return {
    projectId: config.project,
    projectNumber: config.projectNumber,
    region: config.region,
    developer: `user:${config.developer}`,
    serviceAccounts: [...draft.serviceAccounts, ...standIns.serviceAccounts],
    queues: draft.queues,
    functions,
    buckets: [...draft.buckets, ...standIns.buckets],
    topics: draft.topics,
    subscriptions: draft.subscriptions,
    secrets,
    externalServices: platform.externalServices,
    sampleWorker: sampleWorkerOf(recording),
    githubApps: platform.githubApps,
    entryPoints: platform.entryPoints,
    workers: config.workers.map(({ name }) => name),
    bindings: [...bindings, ...standIns.bindings],
  };
}

/** `gcp:projects/iAMBinding:IAMBinding`, `gcp:cloudtasks/queueIamPolicy:QueueIamPolicy` */
const AUTHORITATIVE = /IAM(Binding|Policy)$/i;

function gather(registration: Registration, draft: Draft, problems: string[]): void {
  if (!registration.isCustom) return;
  const { type, name, inputs } = registration;
  if (AUTHORITATIVE.test(type)) {
    problems.push(
      `${type} "${name}": an authoritative binding replaces members that others have added, Google's own agents among them. Add one IAM member per row instead.`,
    );
    return;
  }
  const resource = RESOURCES[type];
  if (resource === undefined) {
    problems.push(
      `${type} "${name}": local mode does not know this type. Add it to local/resources.ts, or list it there as without local meaning.`,
    );
    return;
  }
  if (resource.meaning === "none") return;
  problems.push(...resource.add(inputs, draft).map((problem) => `${type} "${name}": ${problem}`));
}

/** Each secret with its one version; more would need an order, which a program does not say. */
function secretsOf({ secrets, secretVersions }: Draft, problems: string[]): PlannedSecret[] {
  const names = new Set(secrets.map(({ name }) => name));
  for (const { secret } of secretVersions) {
    if (!names.has(secret)) problems.push(`A version of ${secret}: no such secret is declared.`);
  }
  return secrets.map((secret) => {
    const versions = secretVersions.filter((version) => version.secret === secret.name);
    if (versions.length > 1) {
      problems.push(`${secret.name} has ${versions.length} versions; declare the newest only.`);
    }
    return { ...secret, value: versions[0]?.value };
  });
}

/** Every member needs its row and every row of ours its member, so that what is printed is what is enforced. */
function bindingsOf(
  members: Draft["members"],
  rows: Recording["platform"]["rows"],
  problems: string[],
): Binding[] {
  const kinds = new Map(
    rows.map((row) => [keyOf(row.principal, row.role, row.resource), row.kind]),
  );
  const bindings: Binding[] = [];
  for (const { member, role, resource } of members) {
    const kind = kinds.get(keyOf(member, role, resource));
    if (kind === undefined) {
      problems.push(
        `${member} has ${role} on ${resource}, but no row of the access matrix says so.`,
      );
    } else if (kind === "role") {
      bindings.push({ member, role, resource, kind });
    }
  }
  const declared = new Set(members.map((m) => keyOf(m.member, m.role, m.resource)));
  for (const { kind, principal, role, resource } of rows) {
    if (kind === "google") bindings.push({ member: principal, role, resource, kind });
    if (kind !== "google" && !declared.has(keyOf(principal, role, resource))) {
      problems.push(
        `The row "${principal} ${role} on ${resource}" has no resource in the program.`,
      );
    }
  }
  for (const role of new Set(bindings.map((binding) => binding.role))) {
    if (permissionsOf(role) === undefined) {
      problems.push(
        `The permissions of ${role} are not known. Add the role to local/iam/roles.ts.`,
      );
    }
  }
  return bindings;
}

function sampleWorkerOf({ sampleWorker }: Recording): Plan["sampleWorker"] {
  if (sampleWorker === undefined) return undefined;
  const { folder, hash } = sampleWorker;
  return { role: SAMPLE_WORKER, folder, source: `${SAMPLE_WORKER}-${hash}` };
}

function keyOf(member: string, role: string, resource: string): string {
  return `${member} ${role} ${resource}`;
}

/** Cloud Run's deterministic URL. Source: docs.cloud.google.com/run/docs/triggering/https-request#deterministic */
function urlOf({ name, region }: { name: string; region: string }, projectNumber: string): string {
  return `https://${name}-${projectNumber}.${region}.run.app`;
}
