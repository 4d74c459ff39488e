/**
 * The plan runner: GitHub webhook → Pub/Sub → OpenTofu plan → comment on the pull request. What exists;
 * functions.ts says what its functions are told, access.ts who may do what.
 */
import * as pulumi from "@pulumi/pulumi";
import type { AccessRow } from "../../access.ts";
import type { Bundle } from "../../bundle/bundle.ts";
import { Bucket } from "../../google/storage/bucket.ts";
import { FunctionRole } from "../../components/function.ts";
import type { Project } from "../../components/project.ts";
import { PushSubscription, RETENTION_DAYS } from "../../google/pubsub/push-subscription.ts";
import { ManagedSecret } from "../../google/secrets/secret.ts";
import type { ServiceAccount } from "../../google/iam/service-account.ts";
import { SystemComponent } from "../../system-component.ts";
import { Topic } from "../../google/pubsub/topic.ts";
import { CONFIG, type PlanRunnerConfig } from "./config.ts";
import { agentMember } from "../../google/agent.ts";
import * as pubsub from "../../google/pubsub/kinds.ts";
import * as run from "../../google/run/kinds.ts";
import { IDENTITIES, SYSTEM, planRunnerRows } from "./access.ts";
import { DELIVERY_SECONDS, SHORT_SECONDS, planFunctions } from "./functions.ts";
import { planApp } from "./app.ts";
import { planRunnerTakeover } from "./import.ts";
import * as names from "./names.ts";
import type { PlanRunnerOutside } from "./outside.ts";
import { toolsBucket } from "./tools.ts";
import type { System } from "../../system.ts";

/** Google's own, said so that local mode sees it. Source: google/pubsub/v1/pubsub.proto, RetryPolicy. */
const BACKOFF_SECONDS = { min: 10, max: 600 };
/** With that backoff, about seven hours: what is out of order for a while loses no plan. */
const MAX_DELIVERY_ATTEMPTS = 50;
/** Where Pub/Sub delivers. Source: plan-runner document, Summary. */
const PUSH_PATH = "/pubsub/push";
/** Leases, results and remembered deliveries have done their work once Pub/Sub has forgotten the message. */
const TRACES = { prefixes: ["deliveries/", "leases/", "results/"], afterDays: RETENTION_DAYS + 1 };
/** Archives and what says where they are: used for an hour, and kept for the least that a lifecycle knows. */
const ARCHIVES = { prefixes: ["archive-"], afterDays: 1 };
const CHECKOUTS = { prefixes: ["checkouts/"], afterDays: 1 };

export const planRunner: System<typeof CONFIG> = {
  config: CONFIG,
  apis: ["pubsub.googleapis.com", "secretmanager.googleapis.com"],
  agents: [pubsub.agent],
  identities: IDENTITIES,
  deployer: [
    {
      role: "roles/resourcemanager.projectIamAdmin",
      why: "gives plan-executor the roles that planExecutorRoles names",
    },
    { role: "roles/iam.serviceAccountUser", why: "makes subscriptions that push as one of them" },
    { role: "roles/storage.admin", why: "uploads tools" },
    { role: "roles/pubsub.admin", why: "makes topics and subscriptions and grants roles on them" },
    {
      role: "roles/secretmanager.admin",
      why: "makes secrets, stores their values and grants roles on them",
    },
  ],
  rows: planRunnerRows,
  takeover: planRunnerTakeover,
  commands: { "plan-app:manifest": "app-manifest.ts", "tools:upload": "tools-upload.ts" },
  declare: async (config, project, bundleOf) => {
    const [app, runner, executor, deadletter] = await Promise.all([
      bundleOf(names.FUNCTIONS.app),
      bundleOf(names.FUNCTIONS.runner),
      bundleOf(names.FUNCTIONS.executor),
      bundleOf(names.FUNCTIONS.deadletter),
    ]);
    const bundles = { app, runner, executor, deadletter };
    const rows = planRunnerRows(config);
    new PlanRunner(SYSTEM, { config, project, rows, identities: IDENTITIES, bundles });
    const role = names.FUNCTIONS.app;
    return {
      // Without an example: only what GitHub has signed is taken.
      entryPoints: [{ system: SYSTEM, role, url: run.serviceUrl(role, config) }],
      outside: { "GitHub App": [planApp(config)] } satisfies PlanRunnerOutside,
    };
  },
};

interface PlanRunnerArgs {
  readonly config: PlanRunnerConfig;
  readonly project: Project;
  readonly rows: readonly AccessRow[];
  readonly identities: Readonly<Record<string, string>>;
  readonly bundles: names.Each<Bundle>;
}

class PlanRunner extends SystemComponent<PlanRunnerConfig> {
  /** Of what holds messages or plans. */
  private readonly withData: pulumi.ComponentResourceOptions;

  constructor(name: string, args: PlanRunnerArgs) {
    super("PlanRunner", name, args);
    this.withData = { ...this.within, protect: args.config.protectData };

    const accounts = names.each((part) => this.account(names.FUNCTIONS[part]));
    const push = this.account(names.PUSH);
    const topic = this.createTopic(names.TOPIC);
    const deadLetters = this.createTopic(names.DEAD_LETTER_TOPIC);
    this.createBuckets();
    const versions = this.createSecrets();
    const functions = this.createFunctions(args.bundles, accounts, versions);
    const agent = agentMember(pubsub.agent, args.config);
    const subscribe = (id: string, args: Delivery) => {
      // A delivery that came before these could only be refused.
      const before = [push.member, agent].flatMap((member) => this.grants.of(member));
      this.subscribe(id, args, push, before);
    };
    subscribe(names.SUBSCRIPTION, {
      topic,
      to: functions.runner,
      seconds: DELIVERY_SECONDS,
      deadLetter: { topic: deadLetters, maxDeliveryAttempts: MAX_DELIVERY_ATTEMPTS },
    });
    subscribe(names.DEAD_LETTER_SUBSCRIPTION, {
      topic: deadLetters,
      to: functions.deadletter,
      seconds: SHORT_SECONDS,
    });
    this.grants.finish();
    this.registerOutputs();
  }

  private createTopic(id: string): Topic {
    const topic = new Topic(`${this.prefix}-${id}`, { id, place: this.config }, this.withData);
    this.grants.declared(topic.resourceName, topic.topic);
    return topic;
  }

  private createBuckets(): void {
    const { config } = this;
    const state = new Bucket(
      `${this.prefix}-state`,
      {
        bucketName: names.stateBucket(config),
        place: config,
        deletions: [
          TRACES,
          CHECKOUTS,
          { prefixes: ["plans/"], afterDays: config.planRetentionDays },
        ],
        // Leases come and go by the thousand, and a plan that was to be kept for so long is to be gone then.
        softDelete: false,
        forceDestroy: !config.protectData,
      },
      this.withData,
    );
    // Uploaded from elsewhere, whenever it is needed again.
    const tools = new Bucket(
      `${this.prefix}-tools`,
      { bucketName: toolsBucket(config), place: config, softDelete: true, forceDestroy: true },
      this.within,
    );
    // Downloaded again, whenever it is needed again.
    const checkouts = new Bucket(
      `${this.prefix}-checkouts`,
      {
        bucketName: names.checkoutsBucket(config),
        place: config,
        deletions: [ARCHIVES],
        softDelete: false,
        forceDestroy: true,
      },
      this.within,
    );
    for (const { resourceName, bucket } of [state, tools, checkouts]) {
      this.grants.declared(resourceName, bucket);
    }
  }

  /** Returns what has to exist before anybody can read them. */
  private createSecrets(): pulumi.Resource[] {
    const { config } = this;
    const values = [
      [names.APP_KEY, config.githubAppPrivateKey],
      [names.WEBHOOK_SECRET, config.githubWebhookSecret],
    ] as const;
    return values.map(([id, value]) => {
      const secret = new ManagedSecret(
        `${this.prefix}-${id}`,
        { system: SYSTEM, id, place: config, value },
        this.within,
      );
      this.grants.declared(secret.resourceName, secret.secret);
      return secret.version;
    });
  }

  private createFunctions(
    bundles: names.Each<Bundle>,
    accounts: names.Each<ServiceAccount>,
    versions: readonly pulumi.Resource[],
  ): names.Each<FunctionRole> {
    const settings = planFunctions(this.config);
    return names.each((part) =>
      this.function(names.FUNCTIONS[part], bundles[part], accounts[part], settings[part], versions),
    );
  }

  private subscribe(
    id: string,
    { topic, to, seconds, deadLetter }: Delivery,
    as: ServiceAccount,
    before: readonly pulumi.Resource[],
  ): void {
    const subscription = new PushSubscription(
      `${this.prefix}-${id}-subscription`,
      {
        id,
        place: this.config,
        topic,
        to: { function: to, path: PUSH_PATH, as },
        ackDeadlineSeconds: seconds,
        backoffSeconds: BACKOFF_SECONDS,
        ...(deadLetter && { deadLetter }),
      },
      { ...this.withData, dependsOn: [...this.within.dependsOn, ...before] },
    );
    this.grants.declared(subscription.resourceName, subscription.subscription);
  }
}

interface Delivery {
  readonly topic: Topic;
  readonly to: FunctionRole;
  readonly seconds: number;
  readonly deadLetter?: { readonly topic: Topic; readonly maxDeliveryAttempts: number };
}
