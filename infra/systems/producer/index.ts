/** The producer: an event stream bridged to its consumer. What exists; access.ts says who may do what. */
import * as pulumi from "@pulumi/pulumi";
import type { AccessRow } from "../../access.ts";
import type { Bundle, Form } from "../../bundle/bundle.ts";
import type { Project } from "../../components/project.ts";
import type { RoleSettings } from "../../components/role-settings.ts";
import { RUN_SERVICE_DEPLOYER, RunService } from "../../components/run-service.ts";
import * as run from "../../google/run/kinds.ts";
import { ManagedSecret } from "../../google/secrets/secret.ts";
import { Bucket } from "../../google/storage/bucket.ts";
import * as tasks from "../../google/tasks/kinds.ts";
import { Queue } from "../../google/tasks/queue.ts";
import type { System } from "../../system.ts";
import { SystemComponent } from "../../system-component.ts";
import { isOwnConsumer, producerRows } from "./access.ts";
import { CONFIG, type ProducerConfig } from "./config.ts";
import { bridgeSettings, consumerSettings, controlSettings, MOUNT_PATH } from "./functions.ts";
import { producerTakeover } from "./import.ts";
import * as names from "./names.ts";
import type { ProducerOutside } from "./outside.ts";

/** Dead letters are kept for as long as anybody may still want to send them again. */
const DEAD_LETTER_DAYS = 30;
/** A run that was cut off is delivered again soon; one that nobody takes ends with the day. */
const RETRY = { maxAttempts: 100, minBackoffSeconds: 1, maxBackoffSeconds: 60 } as const;

/** Without a tool call nothing follows from it but an idle bridge, which ends itself. */
const TRY = {
  path: "/producer/start",
  body: {
    userId: "user-1",
    projectId: "project-1",
    workspaceId: "workspace-1",
    sessionId: "session",
  },
};

export const producer: System<typeof CONFIG> = {
  config: CONFIG,
  apis: [
    "cloudtasks.googleapis.com",
    "secretmanager.googleapis.com",
    "sts.googleapis.com",
    "iamcredentials.googleapis.com",
  ],
  agents: [tasks.agent],
  identities: names.IDENTITIES,
  deployer: [
    RUN_SERVICE_DEPLOYER,
    { role: "roles/cloudtasks.admin", why: "makes queues and grants roles on them" },
    { role: "roles/iam.serviceAccountUser", why: "makes services that run as one of them" },
    {
      role: "roles/secretmanager.admin",
      why: "makes secrets, stores their values and grants roles on them",
    },
  ],
  rows: producerRows,
  takeover: producerTakeover,
  commands: { "gcs-check": "gcs-check.ts" },
  declare: async (config, project, bundleOf) => {
    const form: Form = config.producerMount ? "service" : "function";
    const [bridge, control, consumer] = await Promise.all([
      bundleOf(names.FUNCTIONS.bridge, { form }),
      bundleOf(names.FUNCTIONS.control),
      isOwnConsumer(config) ? bundleOf(names.FUNCTIONS.consumer, { form }) : undefined,
    ]);
    new Producer(names.SYSTEM, {
      config,
      project,
      rows: producerRows(config),
      identities: names.IDENTITIES,
      bundles: { bridge, control, consumer },
    });
    const role = names.FUNCTIONS.control;
    return {
      entryPoints: [
        { system: names.SYSTEM, role, url: run.serviceUrl(role, config), example: TRY },
      ],
      outside: {
        "workflows service": [{ name: config.producerWorkflowsUrl }],
      } satisfies ProducerOutside,
    };
  },
};

interface ProducerArgs {
  readonly config: ProducerConfig;
  readonly project: Project;
  readonly rows: readonly AccessRow[];
  readonly identities: Readonly<Record<string, string>>;
  readonly bundles: {
    readonly bridge: Bundle;
    readonly control: Bundle;
    readonly consumer: Bundle | undefined;
  };
}

class Producer extends SystemComponent<ProducerConfig> {
  constructor(name: string, args: ProducerArgs) {
    super("Producer", name, args);
    const { config } = args;
    const withData = { ...this.within, protect: config.protectData };
    this.account(names.TASKS);
    const queue = new Queue(
      `${this.prefix}-${names.QUEUE}`,
      { id: names.QUEUE, place: config, retry: RETRY },
      withData,
    );
    this.grants.declared(queue.resourceName, queue.queue);
    const token = this.createToken();
    this.createBuckets(withData);
    const { bridge, control, consumer } = args.bundles;
    if (consumer !== undefined) {
      this.mountable(names.FUNCTIONS.consumer, consumer, consumerSettings(config), token);
    }
    this.mountable(names.FUNCTIONS.bridge, bridge, bridgeSettings(config), token);
    const account = this.account(names.FUNCTIONS.control);
    this.function(names.FUNCTIONS.control, control, account, controlSettings(config));
    this.grants.finish();
    this.registerOutputs();
  }

  /** Returns what has to exist before anybody can read it. */
  private createToken(): pulumi.Resource {
    const secret = new ManagedSecret(
      `${this.prefix}-${names.AUTH_TOKEN}`,
      {
        system: names.SYSTEM,
        id: names.AUTH_TOKEN,
        place: this.config,
        value: this.config.producerAuthToken,
      },
      this.within,
    );
    this.grants.declared(secret.resourceName, secret.secret);
    return secret.version;
  }

  private createBuckets(withData: pulumi.ComponentResourceOptions): void {
    const { config } = this;
    const work = new Bucket(
      `${this.prefix}-work`,
      {
        bucketName: names.workBucket(config),
        place: config,
        deletions: [{ afterDays: config.producerWorkDays }],
        softDelete: true,
        forceDestroy: !config.protectData,
      },
      withData,
    );
    const state = new Bucket(
      `${this.prefix}-state`,
      {
        bucketName: names.stateBucket(config),
        place: config,
        deletions: [{ afterDays: DEAD_LETTER_DAYS }],
        softDelete: false,
        forceDestroy: !config.protectData,
      },
      withData,
    );
    for (const { resourceName, bucket } of [work, state]) {
      this.grants.declared(resourceName, bucket);
    }
  }

  /** What has the bucket mounted where the stack wants that: a function cannot. */
  private mountable(
    name: string,
    bundle: Bundle,
    settings: RoleSettings,
    token: pulumi.Resource,
  ): void {
    const { config, project } = this;
    const account = this.account(name);
    if (!config.producerMount) {
      this.function(name, bundle, account, settings, [token]);
      return;
    }
    const folder = config.producerMountOnlyDir;
    const made = new RunService(
      `${this.prefix}-${name}-service`,
      {
        system: names.SYSTEM,
        serviceName: name,
        place: config,
        project,
        source: this.source(name, bundle),
        account,
        mounts: [
          {
            bucket: names.workBucket(config),
            path: MOUNT_PATH,
            readOnly: false,
            ...(folder !== "" && { options: [`only-dir=${folder}`] }),
          },
        ],
        ...settings,
      },
      this.afterGrantsOf(account, [token]),
    );
    this.grants.declared(made.resourceName, made.service);
  }
}
