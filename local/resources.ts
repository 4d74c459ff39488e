/**
 * Every Pulumi type that the program may use: what Google would compute for it, and what it means on one machine.
 * Inputs are read strictly: a field that local mode does not honour is a problem, not a shrug.
 */
import * as v from "valibot";
import type { Draft } from "./plan.ts";
import { Secret } from "./secrets.ts";

/** The folder in functions/ that can stand in for any worker. */
export const SAMPLE_WORKER = "worker";

type Inputs = Readonly<Record<string, unknown>>;

type Resource =
  | {
      readonly meaning: "local";
      /** Adds the resource to the draft; returns what is wrong with it. */
      readonly add: (inputs: Inputs, draft: Draft) => string[];
    }
  /** Known, and nothing on one machine follows from it. */
  | { readonly meaning: "none"; readonly why: string };

const DURATION_SECONDS = v.pipe(
  v.string(),
  v.regex(/^\d+(\.\d{1,9})?s$/, "must be seconds, like 3.5s"),
  v.transform((text) => {
    const seconds = Number(text.slice(0, -1));
    return { seconds: Math.trunc(seconds), nanos: Math.round((seconds % 1) * 1e9) };
  }),
);

const Account = v.strictObject({
  accountId: v.string(),
  project: v.string(),
  displayName: v.optional(v.string()),
  description: v.optional(v.string()),
});

const Queue = v.strictObject({
  name: v.string(),
  location: v.string(),
  project: v.string(),
  rateLimits: v.optional(
    v.strictObject({
      maxDispatchesPerSecond: v.optional(v.number()),
      maxConcurrentDispatches: v.optional(v.number()),
    }),
  ),
  retryConfig: v.optional(
    v.strictObject({
      maxAttempts: v.optional(v.number()),
      maxDoublings: v.optional(v.number()),
      minBackoff: v.optional(DURATION_SECONDS),
      maxBackoff: v.optional(DURATION_SECONDS),
      maxRetryDuration: v.optional(DURATION_SECONDS),
    }),
  ),
  stackdriverLoggingConfig: v.optional(v.strictObject({ samplingRatio: v.number() })),
  deletionPolicy: v.optional(v.string()),
});

const Archive = v.strictObject({
  bucket: v.string(),
  name: v.string(),
  source: v.strictObject({ path: v.string() }),
  contentType: v.optional(v.string()),
});

const GenerationTwoFunction = v.strictObject({
  name: v.string(),
  location: v.string(),
  project: v.string(),
  description: v.optional(v.string()),
  labels: v.optional(v.record(v.string(), v.string()), {}),
  buildConfig: v.strictObject({
    runtime: v.string(),
    entryPoint: v.string(),
    serviceAccount: v.optional(v.string()),
    dockerRepository: v.optional(v.string()),
    source: v.strictObject({
      storageSource: v.strictObject({ bucket: v.string(), object: v.string() }),
    }),
  }),
  serviceConfig: v.strictObject({
    serviceAccountEmail: v.string(),
    environmentVariables: v.optional(v.record(v.string(), v.string()), {}),
    secretEnvironmentVariables: v.optional(
      v.array(
        v.strictObject({
          key: v.string(),
          projectId: v.string(),
          secret: v.string(),
          version: v.pipe(v.string(), v.regex(/^(latest|[1-9]\d*)$/, "must be latest or a number")),
        }),
      ),
      [],
    ),
    timeoutSeconds: v.number(),
    maxInstanceRequestConcurrency: v.number(),
    maxInstanceCount: v.number(),
    // Instances that wait for work are a matter of cost and of first answers; one machine starts them on request.
    minInstanceCount: v.optional(v.number()),
    availableMemory: v.string(),
    availableCpu: v.string(),
    // One machine has no network to come in from.
    ingressSettings: v.optional(v.string()),
    allTrafficOnLatestRevision: v.optional(v.boolean()),
  }),
});

const ManagedSecret = v.strictObject({
  secretId: v.string(),
  project: v.string(),
  labels: v.optional(v.record(v.string(), v.string()), {}),
  // Where Google keeps copies has no meaning on one machine.
  replication: v.strictObject({ auto: v.strictObject({}) }),
  deletionProtection: v.optional(v.boolean()),
});

const SecretVersion = v.strictObject({
  secret: v.string(),
  secretData: v.string(),
  // What a replaced version becomes; the other policies are not carried out locally.
  deletionPolicy: v.literal("DISABLE"),
});

const SecretMember = v.strictObject({
  project: v.string(),
  secretId: v.string(),
  role: v.string(),
  member: v.string(),
});

const Bucket = v.strictObject({
  name: v.string(),
  project: v.string(),
  location: v.string(),
  // Access is by row only, here as there.
  uniformBucketLevelAccess: v.literal(true),
  publicAccessPrevention: v.literal("enforced"),
  // A matter of deleting the bucket in the cloud.
  forceDestroy: v.optional(v.boolean()),
  // Here what is deleted is gone at once, with or without the policy: nothing of this program restores anything.
  softDeletePolicy: v.optional(v.strictObject({ retentionDurationSeconds: v.number() })),
  lifecycleRules: v.optional(
    v.array(
      v.strictObject({
        action: v.strictObject({ type: v.literal("Delete") }),
        condition: v.strictObject({
          age: v.number(),
          matchesPrefixes: v.optional(v.array(v.string())),
        }),
      }),
    ),
    [],
  ),
});

const Topic = v.strictObject({ name: v.string(), project: v.string() });

/** A topic's full name. */
const TOPIC_NAME = v.pipe(
  v.string(),
  v.regex(/^projects\/[^/]+\/topics\/[^/]+$/, "must be a full name, projects/P/topics/T"),
);

const PushSubscription = v.strictObject({
  name: v.string(),
  project: v.string(),
  topic: TOPIC_NAME,
  pushConfig: v.strictObject({
    pushEndpoint: v.string(),
    oidcToken: v.strictObject({ serviceAccountEmail: v.string(), audience: v.string() }),
  }),
  ackDeadlineSeconds: v.number(),
  retryPolicy: v.strictObject({
    minimumBackoff: DURATION_SECONDS,
    maximumBackoff: DURATION_SECONDS,
  }),
  deadLetterPolicy: v.optional(
    v.strictObject({ deadLetterTopic: TOPIC_NAME, maxDeliveryAttempts: v.number() }),
  ),
  messageRetentionDuration: DURATION_SECONDS,
  // Pulumi's "" is a policy without a time: the subscription never expires.
  expirationPolicy: v.strictObject({ ttl: v.literal("") }),
});

const TopicMember = v.strictObject({
  project: v.string(),
  topic: v.string(),
  role: v.string(),
  member: v.string(),
});

const SubscriptionMember = v.strictObject({
  project: v.string(),
  subscription: v.string(),
  role: v.string(),
  member: v.string(),
});

/** Of a queue or of a Cloud Run service: both are named by project, location and id. */
const LocatedMember = v.strictObject({
  name: v.string(),
  location: v.string(),
  project: v.string(),
  role: v.string(),
  member: v.string(),
});

const AccountMember = v.strictObject({
  serviceAccountId: v.string(),
  role: v.string(),
  member: v.string(),
});

const BucketMember = v.strictObject({ bucket: v.string(), role: v.string(), member: v.string() });

const RepositoryMember = v.strictObject({
  repository: v.string(),
  location: v.string(),
  project: v.string(),
  role: v.string(),
  member: v.string(),
});

const ProjectMember = v.strictObject({ project: v.string(), role: v.string(), member: v.string() });

/** Type → meaning. A type that is missing here is a problem of the plan, and so is one with `condition`. */
export const RESOURCES: Readonly<Record<string, Resource>> = {
  "gcp:serviceaccount/account:Account": local(Account, ({ accountId, project }, draft) => {
    draft.serviceAccounts.push({ id: accountId, email: emailOf(accountId, project) });
  }),
  "gcp:cloudtasks/queue:Queue": local(Queue, (queue, draft) => {
    const { name, location, project, rateLimits, retryConfig, stackdriverLoggingConfig } = queue;
    draft.queues.push({
      name: `projects/${project}/locations/${location}/queues/${name}`,
      ...(rateLimits && { rateLimits }),
      ...(retryConfig && { retryConfig }),
      ...(stackdriverLoggingConfig && { stackdriverLoggingConfig }),
    });
  }),
  "gcp:storage/bucket:Bucket": local(Bucket, (bucket, draft) => {
    const { name, location, uniformBucketLevelAccess, publicAccessPrevention } = bucket;
    const lifecycle = bucket.lifecycleRules.map(({ condition: { age, matchesPrefixes } }) => ({
      ageDays: age,
      ...(matchesPrefixes && { matchesPrefix: matchesPrefixes }),
    }));
    draft.buckets.push({
      name,
      location,
      uniformBucketLevelAccess,
      publicAccessPrevention,
      lifecycle,
    });
  }),
  "gcp:pubsub/topic:Topic": local(Topic, ({ project, name }, draft) => {
    draft.topics.push({ name: `projects/${project}/topics/${name}` });
  }),
  "gcp:pubsub/subscription:Subscription": local(
    PushSubscription,
    ({ project, name, topic, pushConfig, ackDeadlineSeconds, ...policies }, draft) => {
      const { retryPolicy, deadLetterPolicy, messageRetentionDuration } = policies;
      draft.subscriptions.push({
        name: `projects/${project}/subscriptions/${name}`,
        topic,
        pushConfig,
        ackDeadlineSeconds,
        retryPolicy,
        ...(deadLetterPolicy && { deadLetterPolicy }),
        messageRetentionDuration,
        expirationPolicy: {},
      });
    },
  ),
  "gcp:pubsub/topicIAMMember:TopicIAMMember": local(TopicMember, (binding, draft) => {
    const { project, topic, role, member } = binding;
    draft.members.push({ member, role, resource: `projects/${project}/topics/${topic}` });
  }),
  "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember": local(
    SubscriptionMember,
    ({ project, subscription, role, member }, draft) => {
      const resource = `projects/${project}/subscriptions/${subscription}`;
      draft.members.push({ member, role, resource });
    },
  ),
  "gcp:storage/bucketObject:BucketObject": local(Archive, ({ bucket, name, source }, draft) => {
    draft.archives.set(`${bucket}/${name}`, source.path);
  }),
  "gcp:cloudfunctionsv2/function:Function": local(
    GenerationTwoFunction,
    ({ name, location, labels, buildConfig, serviceConfig }, draft) => {
      const { bucket, object } = buildConfig.source.storageSource;
      draft.functions.push({
        name,
        source: `${bucket}/${object}`,
        role: labels.role ?? name,
        region: location,
        serviceAccount: serviceConfig.serviceAccountEmail,
        entryPoint: buildConfig.entryPoint,
        env: serviceConfig.environmentVariables,
        secretEnv: Object.fromEntries(
          serviceConfig.secretEnvironmentVariables.map(({ key, projectId, secret, version }) => [
            key,
            `projects/${projectId}/secrets/${secret}/versions/${version}`,
          ]),
        ),
        labels,
        timeoutSeconds: serviceConfig.timeoutSeconds,
        concurrency: serviceConfig.maxInstanceRequestConcurrency,
        maxInstances: serviceConfig.maxInstanceCount,
        memory: serviceConfig.availableMemory,
        cpu: serviceConfig.availableCpu,
      });
    },
  ),
  "gcp:secretmanager/secret:Secret": local(
    ManagedSecret,
    ({ project, secretId, labels }, draft) => {
      draft.secrets.push({ name: `projects/${project}/secrets/${secretId}`, labels });
    },
  ),
  "gcp:secretmanager/secretVersion:SecretVersion": local(
    SecretVersion,
    ({ secret, secretData }, draft) => {
      draft.secretVersions.push({ secret, value: new Secret(secretData) });
    },
  ),
  "gcp:secretmanager/secretIamMember:SecretIamMember": local(SecretMember, (binding, draft) => {
    const { project, secretId, role, member } = binding;
    draft.members.push({ member, role, resource: `projects/${project}/secrets/${secretId}` });
  }),
  "gcp:cloudtasks/queueIamMember:QueueIamMember": local(LocatedMember, (binding, draft) => {
    const { project, location, name, role, member } = binding;
    const resource = `projects/${project}/locations/${location}/queues/${name}`;
    draft.members.push({ member, role, resource });
  }),
  "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": local(LocatedMember, (binding, draft) => {
    const { project, location, name, role, member } = binding;
    const resource = `projects/${project}/locations/${location}/services/${name}`;
    draft.members.push({ member, role, resource });
  }),
  "gcp:serviceaccount/iAMMember:IAMMember": local(AccountMember, (binding, draft) => {
    const { serviceAccountId, role, member } = binding;
    draft.members.push({ member, role, resource: serviceAccountId });
  }),
  "gcp:storage/bucketIAMMember:BucketIAMMember": local(BucketMember, (binding, draft) => {
    const { bucket, role, member } = binding;
    draft.members.push({ member, role, resource: `projects/_/buckets/${bucket}` });
  }),
  "gcp:projects/iAMMember:IAMMember": local(ProjectMember, ({ project, role, member }, draft) => {
    draft.members.push({ member, role, resource: `projects/${project}` });
  }),
  "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": local(
    RepositoryMember,
    ({ project, location, repository, role, member }, draft) => {
      const resource = `projects/${project}/locations/${location}/repositories/${repository}`;
      draft.members.push({ member, role, resource });
    },
  ),
  "gcp:artifactregistry/repository:Repository": none("nothing is built here"),
  "gcp:projects/service:Service": none("every API that is simulated here is enabled"),
  "gcp:projects/serviceIdentity:ServiceIdentity": none("Google's own agents always exist here"),
};

/** Fields that Pulumi gives every IAM member whose binding is conditional. */
const CONDITION = "condition";

function local<Schema extends v.GenericSchema>(
  schema: Schema,
  add: (values: v.InferOutput<Schema>, draft: Draft) => void,
): Resource {
  return {
    meaning: "local",
    add: (inputs, draft) => {
      if (inputs[CONDITION] !== undefined) {
        return [
          "conditions are not evaluated locally yet, so this binding would be wider than declared",
        ];
      }
      const parsed = v.safeParse(schema, inputs);
      if (!parsed.success) {
        return parsed.issues.map((issue) => `${v.getDotPath(issue) ?? "inputs"}: ${issue.message}`);
      }
      add(parsed.output, draft);
      return [];
    },
  };
}

function none(why: string): Resource {
  return { meaning: "none", why };
}

function emailOf(accountId: string, project: string): string {
  return `${accountId}@${project}.iam.gserviceaccount.com`;
}

/**
 * What the provider would answer to a registration: the id and the computed outputs that the program reads.
 * Everything else about a resource is known before it exists, because names are computed and never random.
 */
export function computedOutputs(
  type: string,
  name: string,
  inputs: Inputs,
): { id: string; state: Record<string, unknown> } {
  if (type === "gcp:serviceaccount/account:Account") {
    const email = emailOf(String(inputs.accountId), String(inputs.project));
    const id = `projects/${String(inputs.project)}/serviceAccounts/${email}`;
    return { id, state: { ...inputs, email, name: id, member: `serviceAccount:${email}` } };
  }
  const id = typeof inputs.name === "string" ? inputs.name : name;
  return { id, state: { ...inputs } };
}
