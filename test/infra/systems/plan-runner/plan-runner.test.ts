import { expect } from "chai";
import { nodeVariables } from "../../../../infra/components/node-variables.ts";
import type { Recording, Registration } from "../../../../local/declared/record.ts";
import { declared, sliceOf } from "../../../../local/declared/declared.ts";
import { pubsub } from "../../../../local/google/pubsub/declared.ts";
import { storage } from "../../../../local/google/storage/declared.ts";
import { recorded, resource, standIn } from "../../../support/recorded.ts";

const BUCKET = "gcp:storage/bucket:Bucket";
const FUNCTION = "gcp:cloudfunctionsv2/function:Function";
const SECRET_VERSION = "gcp:secretmanager/secretVersion:SecretVersion";
const SUBSCRIPTION = "gcp:pubsub/subscription:Subscription";
const TOPIC = "gcp:pubsub/topic:Topic";

const ALONE = { systems: ["plan-runner"], workers: [] };
const NAMES = ["plan-app", "plan-runner", "plan-executor", "plan-deadletter"];
const DOMAIN = "switchyard-dev.iam.gserviceaccount.com";
const urlOf = (name: string) => `https://${name}-223080314602.us-central1.run.app`;

interface ServiceConfig {
  readonly serviceAccountEmail: string;
  readonly availableMemory: string;
  readonly environmentVariables: Readonly<Record<string, string>>;
  readonly secretEnvironmentVariables?: readonly object[];
  readonly [setting: string]: unknown;
}

function serviceOf(recording: Recording, name: string): ServiceConfig {
  return resource(recording, FUNCTION, { name }).inputs.serviceConfig as ServiceConfig;
}

/** All that exists before a resource does. */
function needed({ registrations }: Recording, { urn }: Registration): readonly string[] {
  const before = new Set<string>();
  const add = (name: string): void => {
    for (const urn of registrations.find((each) => each.urn === name)?.dependencies ?? []) {
      if (before.has(urn)) continue;
      before.add(urn);
      add(urn);
    }
  };
  add(urn);
  return registrations
    .filter((each) => before.has(each.urn))
    .map(({ type, name }) => `${type.split(":").at(-1) ?? ""} ${name}`);
}

const namesOf = ({ registrations }: Recording, type: string) =>
  registrations.filter((each) => each.type === type).map(({ inputs }) => inputs.name);

describe("the plan runner", () => {
  let stack: Recording;
  before(async () => {
    stack = await recorded(ALONE);
  });

  it("stands alone, beside the enqueuer, or not at all", async () => {
    const enqueuer = await recorded({ systems: ["enqueuer"] });
    const both = await recorded({ systems: ["enqueuer", "plan-runner"] });
    expect(namesOf(stack, FUNCTION)).to.have.members(NAMES);
    expect(namesOf(enqueuer, FUNCTION)).not.to.include.members(NAMES);
    expect(namesOf(enqueuer, TOPIC)).to.deep.equal([]);
    const keys = ({ registrations }: Recording) => registrations.map(({ urn }) => urn);
    expect(keys(both)).to.have.members([...new Set([...keys(stack), ...keys(enqueuer)])]);
  });

  it("enables its APIs and makes Pub/Sub's agent", () => {
    const inputs = (type: string) =>
      stack.registrations.filter((each) => each.type === type).map((each) => each.inputs.service);
    expect(inputs("gcp:projects/service:Service")).to.include.members([
      "pubsub.googleapis.com",
      "secretmanager.googleapis.com",
      "storage.googleapis.com",
    ]);
    expect(inputs("gcp:projects/serviceIdentity:ServiceIdentity")).to.deep.equal([
      "pubsub.googleapis.com",
    ]);
  });

  it("gives each function its size, its time and an account of its own", () => {
    const sizes = NAMES.map((name) => {
      const service = serviceOf(stack, name);
      return [
        service.serviceAccountEmail,
        service.timeoutSeconds,
        service.maxInstanceRequestConcurrency,
        service.maxInstanceCount,
        service.availableMemory,
        service.availableCpu,
      ];
    });
    expect(sizes).to.deep.equal([
      [`plan-app@${DOMAIN}`, 60, 4, 10, "1Gi", "1"],
      [`plan-runner@${DOMAIN}`, 600, 1, 10, "512Mi", "1"],
      [`plan-executor@${DOMAIN}`, 600, 1, 10, "4Gi", "2"],
      [`plan-deadletter@${DOMAIN}`, 60, 10, 10, "512Mi", "1"],
    ]);
  });

  it("tells each function what it needs, and no more", () => {
    const api = "https://api.github.com";
    const key = "projects/switchyard-dev/secrets/plan-app-key/versions/latest";
    const state = "switchyard-dev-plan-state";
    const common = { PROJECT_ID: "switchyard-dev" };
    const environments = NAMES.map((name) => {
      const { environmentVariables, availableMemory } = serviceOf(stack, name);
      const { NODE_OPTIONS, MALLOC_ARENA_MAX, ...environment } = environmentVariables;
      expect({ NODE_OPTIONS, MALLOC_ARENA_MAX }).to.deep.equal(nodeVariables(availableMemory));
      return environment;
    });
    expect(environments).to.deep.equal([
      {
        ...common,
        PUBSUB_TOPIC_PLAN: "plan",
        GITHUB_APP_ID: "123456",
        GITHUB_API_BASE_URL: api,
        APP_KEY_SECRET: key,
        STATE_BUCKET: state,
      },
      {
        ...common,
        GITHUB_APP_ID: "123456",
        GITHUB_API_BASE_URL: api,
        APP_KEY_SECRET: key,
        STATE_BUCKET: state,
        CHECKOUTS_BUCKET: "switchyard-dev-plan-checkouts",
        EXECUTOR_URL: urlOf("plan-executor"),
        AUDIENCE: urlOf("plan-runner"),
        PUSH_SA: `pubsub-push-sa@${DOMAIN}`,
        DEADLETTER_SA: `plan-deadletter@${DOMAIN}`,
        PRIVATE: "true",
        PLAN_SECONDS: "540",
        PLAN_LINKS: "true",
      },
      {
        ...common,
        CHECKOUTS_BUCKET: "switchyard-dev-plan-checkouts",
        AUDIENCE: urlOf("plan-executor"),
        CALLER_SA: `plan-runner@${DOMAIN}`,
        PRIVATE: "true",
        PLAN_SECONDS: "540",
        TOOLS_BUCKET: "switchyard-dev-plan-tools",
        TOFU_OBJECT: "tofu/tofu_1.12.6_linux_amd64.tar.gz",
        TOFU_SHA256: "50a6106fa4de523d09c87af85f3db1dd47535fc005727fdca6852146476b88ec",
        PROVIDER_OBJECTS: "[]",
        PROVIDERS_STRICT: "false",
        ALLOWED_PROVIDERS: '["hashicorp/*","opentofu/*","integrations/*"]',
        ALLOWED_PLACES: "[]",
        PLAN_ENVIRONMENT: "{}",
      },
      {
        ...common,
        AUDIENCE: urlOf("plan-deadletter"),
        PUSH_SA: `pubsub-push-sa@${DOMAIN}`,
        PRIVATE: "true",
        STATE_BUCKET: state,
        RUNNER_URL: urlOf("plan-runner"),
      },
    ]);
  });

  it("follows the config", async () => {
    const other = await recorded({
      ...ALONE,
      planMaxInstances: 3,
      planMemory: "8Gi",
      planCpu: 4,
      planReaders: [],
      planRetentionDays: 5,
      planEnvironment: { TF_VAR_region: "europe-west1" },
      planProviders: ["hashicorp/google@7.9.0", "registry.example.com/team/own@1.0.0"],
      planProvidersStrict: true,
      githubApiBaseUrl: "https://github.example.com/api/v3",
    });
    const { environmentVariables, ...executor } = serviceOf(other, "plan-executor");
    expect([executor.maxInstanceCount, executor.availableMemory, executor.availableCpu]).to.eql([
      3,
      "8Gi",
      "4",
    ]);
    expect(environmentVariables).to.include({
      PROVIDER_OBJECTS: JSON.stringify([
        "providers/registry.opentofu.org/hashicorp/google/terraform-provider-google_7.9.0_linux_amd64.zip",
        "providers/registry.example.com/team/own/terraform-provider-own_1.0.0_linux_amd64.zip",
      ]),
      PROVIDERS_STRICT: "true",
      PLAN_ENVIRONMENT: '{"TF_VAR_region":"europe-west1"}',
    });
    expect(serviceOf(other, "plan-runner").environmentVariables).to.include({
      GITHUB_API_BASE_URL: "https://github.example.com/api/v3",
      PLAN_LINKS: "false",
    });
    expect(serviceOf(other, "plan-runner").maxInstanceCount).to.equal(3);
    const bucket = resource(other, BUCKET, { name: "switchyard-dev-plan-state" });
    expect(JSON.stringify(bucket.inputs.lifecycleRules)).to.include('"age":5');
  });

  it("hands the webhook's secret to plan-app alone, and the App's key to no environment", () => {
    expect(NAMES.map((name) => serviceOf(stack, name).secretEnvironmentVariables)).to.deep.equal([
      [
        {
          key: "GITHUB_WEBHOOK_SECRET",
          projectId: "switchyard-dev",
          secret: "plan-webhook-secret",
          version: "latest",
        },
      ],
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("has each secret's value in one place, and marked as a secret there", () => {
    for (const [id, key] of [
      ["plan-app-key", "githubAppPrivateKey"],
      ["plan-webhook-secret", "githubWebhookSecret"],
    ] as const) {
      const value = JSON.stringify(standIn(key)).slice(1, -1);
      const holders = stack.registrations.filter(({ inputs }) =>
        JSON.stringify(inputs).includes(value),
      );
      expect(
        holders.map(({ type, inputs, secretInputs }) => [type, inputs.secret, secretInputs]),
      ).to.deep.equal([[SECRET_VERSION, `projects/switchyard-dev/secrets/${id}`, ["secretData"]]]);
    }
  });

  it("keeps traces longer than Pub/Sub keeps messages, checkouts for a day, plans as long as the config says, and nothing that is deleted", () => {
    const { inputs } = resource(stack, BUCKET, { name: "switchyard-dev-plan-state" });
    const rule = (age: number, ...matchesPrefixes: string[]) => ({
      action: { type: "Delete" },
      condition: { age, matchesPrefixes },
    });
    expect(inputs).to.deep.equal({
      name: "switchyard-dev-plan-state",
      project: "switchyard-dev",
      location: "us-central1",
      uniformBucketLevelAccess: true,
      publicAccessPrevention: "enforced",
      forceDestroy: true,
      lifecycleRules: [
        rule(8, "deliveries/", "leases/", "results/"),
        rule(1, "checkouts/"),
        rule(30, "plans/"),
      ],
      softDeletePolicy: { retentionDurationSeconds: 0 },
    });
    const checkouts = resource(stack, BUCKET, { name: "switchyard-dev-plan-checkouts" });
    expect(checkouts.inputs).to.deep.equal({
      ...inputs,
      name: "switchyard-dev-plan-checkouts",
      lifecycleRules: [rule(1, "archive-")],
    });
  });

  it("lets nobody open a bucket to everybody", () => {
    const buckets = stack.registrations.filter(({ type }) => type === BUCKET);
    expect(buckets.map(({ inputs }) => inputs.name)).to.have.members([
      "switchyard-dev-function-sources",
      "switchyard-dev-plan-checkouts",
      "switchyard-dev-plan-state",
      "switchyard-dev-plan-tools",
    ]);
    for (const { inputs } of buckets) {
      expect(inputs).to.include({
        uniformBucketLevelAccess: true,
        publicAccessPrevention: "enforced",
      });
    }
  });

  it("protects what holds messages and plans where the config says so", async () => {
    const protectedOnes = ({ registrations }: Recording) =>
      registrations
        .filter(({ isProtected, isCustom }) => isCustom && isProtected)
        .map(({ type, inputs }) => `${type} ${String(inputs.name)}`);
    expect(protectedOnes(stack)).to.deep.equal([]);
    const careful = await recorded({ ...ALONE, protectData: true });
    expect(protectedOnes(careful)).to.have.members([
      `${TOPIC} plan`,
      `${TOPIC} plan-dead-letter`,
      `${SUBSCRIPTION} plan-runner`,
      `${SUBSCRIPTION} plan-deadletter`,
      `${BUCKET} switchyard-dev-plan-state`,
    ]);
    const { inputs } = resource(careful, BUCKET, { name: "switchyard-dev-plan-state" });
    expect(inputs.forceDestroy).to.equal(false);
  });

  it("makes tokens out for the origin of what they are sent to, which the receiver expects", () => {
    const subscriptions = stack.registrations.filter(({ type }) => type === SUBSCRIPTION);
    for (const { inputs } of subscriptions) {
      const { pushEndpoint, oidcToken } = inputs.pushConfig as {
        readonly pushEndpoint: string;
        readonly oidcToken: { readonly audience: string };
      };
      const { origin, pathname } = new URL(pushEndpoint);
      expect({ pathname, audience: oidcToken.audience }).to.deep.equal({
        pathname: "/pubsub/push",
        audience: origin,
      });
      const receiver = NAMES.find((name) => urlOf(name) === origin) ?? "";
      expect(serviceOf(stack, receiver).environmentVariables.AUDIENCE).to.equal(origin);
    }
    const { EXECUTOR_URL } = serviceOf(stack, "plan-runner").environmentVariables;
    expect(serviceOf(stack, "plan-executor").environmentVariables.AUDIENCE).to.equal(EXECUTOR_URL);
    const { RUNNER_URL } = serviceOf(stack, "plan-deadletter").environmentVariables;
    expect(serviceOf(stack, "plan-runner").environmentVariables.AUDIENCE).to.equal(RUNNER_URL);
  });

  it("gives a delivery as long as the function that takes it, and a plan a minute less", () => {
    const { inputs } = resource(stack, SUBSCRIPTION, { name: "plan-runner" });
    const { timeoutSeconds, environmentVariables } = serviceOf(stack, "plan-runner");
    expect(timeoutSeconds).to.equal(inputs.ackDeadlineSeconds);
    expect(environmentVariables.PLAN_SECONDS).to.equal(String(Number(timeoutSeconds) - 60));
  });

  it("delivers only when the delivery can be taken: bindings, dead letters and functions come before subscriptions", () => {
    const subscription = resource(stack, SUBSCRIPTION, { name: "plan-runner" });
    expect(needed(stack, subscription)).to.include.members([
      "Topic plan-runner-plan",
      "Topic plan-runner-plan-dead-letter",
      "Account plan-runner-pubsub-push-sa",
      "Function plan-runner-plan-runner-function",
      "ServiceIamMember plan-runner-pubsub-push-sa-run.invoker-plan-runner",
      "TopicIAMMember plan-runner-serviceAccount-service-223080314602@gcp-sa-pubsub.iam.gserviceaccount.com-pubsub.publisher-plan-dead-letter",
      "SecretIamMember plan-runner-plan-runner-secretmanager.secretAccessor-plan-app-key",
    ]);
  });

  it("deploys functions when they can work: their secrets have values, and their bindings are there", () => {
    const app = resource(stack, FUNCTION, { name: "plan-app" });
    expect(needed(stack, app)).to.include.members([
      "SecretVersion plan-runner-plan-webhook-secret",
      "SecretIamMember plan-runner-plan-app-secretmanager.secretAccessor-plan-webhook-secret",
      "BucketIAMMember plan-runner-plan-app-storage.objectCreator-switchyard-dev-plan-state-deliveries",
      "TopicIAMMember plan-runner-plan-app-pubsub.publisher-plan",
      "BucketObject plan-runner-plan-app-source",
      "Account plan-runner-plan-app",
    ]);
  });

  it("is called at its webhook, without a request that a person could try", () => {
    expect(stack.platform.entryPoints).to.deep.equal([
      { system: "plan-runner", role: "plan-app", url: urlOf("plan-app") },
    ]);
  });

  it("means the same on one machine", () => {
    const made = declared(stack);
    const { services } = made;
    const { topic: topics, subscription: subscriptions } = sliceOf(made, pubsub);
    const { bucket: buckets } = sliceOf(made, storage);
    const seconds = (count: number) => ({ seconds: count, nanos: 0 });
    const subscription = (name: string, topic: string) => ({
      name: `projects/switchyard-dev/subscriptions/${name}`,
      topic: `projects/switchyard-dev/topics/${topic}`,
      pushConfig: {
        pushEndpoint: `${urlOf(name)}/pubsub/push`,
        oidcToken: { serviceAccountEmail: `pubsub-push-sa@${DOMAIN}`, audience: urlOf(name) },
      },
      retryPolicy: { minimumBackoff: seconds(10), maximumBackoff: seconds(600) },
      messageRetentionDuration: seconds(604_800),
      expirationPolicy: {},
    });
    expect(topics).to.have.deep.members([
      { name: "projects/switchyard-dev/topics/plan" },
      { name: "projects/switchyard-dev/topics/plan-dead-letter" },
    ]);
    expect(subscriptions).to.have.deep.members([
      { ...subscription("plan-deadletter", "plan-dead-letter"), ackDeadlineSeconds: 60 },
      {
        ...subscription("plan-runner", "plan"),
        ackDeadlineSeconds: 600,
        deadLetterPolicy: {
          deadLetterTopic: "projects/switchyard-dev/topics/plan-dead-letter",
          maxDeliveryAttempts: 50,
        },
      },
    ]);
    expect(buckets).to.deep.include({
      name: "switchyard-dev-plan-state",
      location: "us-central1",
      uniformBucketLevelAccess: true,
      publicAccessPrevention: "enforced",
      softDeleteSeconds: 0,
      lifecycle: [
        { ageDays: 8, matchesPrefix: ["deliveries/", "leases/", "results/"] },
        { ageDays: 1, matchesPrefix: ["checkouts/"] },
        { ageDays: 30, matchesPrefix: ["plans/"] },
      ],
    });
    expect(services.find(({ name }) => name === "plan-app")?.secretEnv).to.deep.equal({
      GITHUB_WEBHOOK_SECRET: "projects/switchyard-dev/secrets/plan-webhook-secret/versions/latest",
    });
  });

  it("is refused on one machine where a subscription or a bucket has what is not honoured there", () => {
    const problemsWith = (type: string, name: string, extra: object): string => {
      const registrations = stack.registrations.map((each) =>
        each.type === type && each.inputs.name === name
          ? { ...each, inputs: { ...each.inputs, ...extra } }
          : each,
      );
      try {
        declared({ ...stack, registrations });
      } catch (error) {
        return String(error);
      }
      return "";
    };
    expect(problemsWith(SUBSCRIPTION, "plan-runner", { enableExactlyOnceDelivery: true })).to.match(
      /enableExactlyOnceDelivery/,
    );
    expect(problemsWith(SUBSCRIPTION, "plan-runner", { topic: "plan" })).to.match(/full name/);
    expect(problemsWith(TOPIC, "plan", { kmsKeyName: "k" })).to.match(/kmsKeyName/);
    expect(problemsWith(BUCKET, "switchyard-dev-plan-state", { versioning: {} })).to.match(
      /versioning/,
    );
  });
});
