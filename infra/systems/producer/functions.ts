/** What the bridge, its control and the consumer are told and given. Pure. */
import type { ConsumerVariables } from "../../../functions/consumer/env.ts";
import type { ProducerControlVariables } from "../../../functions/producer-control/env.ts";
import type { ProducerVariables } from "../../../functions/producer/env.ts";
import type { RoleSettings } from "../../components/role-settings.ts";
import * as iam from "../../google/iam/kinds.ts";
import * as run from "../../google/run/kinds.ts";
import { isOwnConsumer } from "./access.ts";
import type { ProducerConfig } from "./config.ts";
import * as names from "./names.ts";

/** Source: producer document, Cloud Run deployment. */
const BRIDGE_SECONDS = 3600;
/** Longer than any tool may take, with the files that are fetched before it. */
const CONSUMER_SECONDS = 900;
const CONTROL_SECONDS = 60;
/** Source: producer document, Mount Cloud Storage at /mnt/work. */
export const MOUNT_PATH = "/mnt/work";
const SMALL = { memory: "512Mi", cpu: "1" } as const;
/** A function's own disk is memory. */
const CONSUMER_FOLDER = "/tmp/work";
const CONSUMER_CONCURRENCY = 10;

export function bridgeSettings(config: ProducerConfig): RoleSettings {
  const { producerConsumerUrl, producerMount } = config;
  const consumer = isOwnConsumer(config)
    ? run.serviceUrl(names.FUNCTIONS.consumer, config)
    : producerConsumerUrl;
  return {
    description: "Bridges a workflow service's event stream to its consumer",
    env: {
      GOOGLE_CLOUD_PROJECT: config.project,
      AUDIENCE: run.serviceUrl(names.FUNCTIONS.bridge, config),
      CALLER_SA: iam.accountEmail(names.TASKS, config),
      PRIVATE: "true",
      TASKS_REGION: config.region,
      QUEUE: names.QUEUE,
      STATE_BUCKET: names.stateBucket(config),
      TIMEOUT_SECONDS: String(BRIDGE_SECONDS),
      ...workflows(config),
      CONSUMER_BASE_URL: consumer,
      START_LOOKBACK_MS: String(config.producerLookBackSeconds * 1000),
      ...work(config),
      WORK_ROOT: producerMount ? MOUNT_PATH : CONSUMER_FOLDER,
    } satisfies ProducerVariables,
    secretEnv: { SERVICE_AUTH_TOKEN: { secret: names.AUTH_TOKEN, version: "latest" } },
    timeoutSeconds: BRIDGE_SECONDS,
    concurrency: 1,
    ...SMALL,
  };
}

export function controlSettings(config: ProducerConfig): RoleSettings {
  return {
    description: "Starts and stops bridges, and sends dead letters again",
    env: {
      GOOGLE_CLOUD_PROJECT: config.project,
      PRODUCER_URL: run.serviceUrl(names.FUNCTIONS.bridge, config),
      CALLER_SA: iam.accountEmail(names.TASKS, config),
      TASKS_REGION: config.region,
      QUEUE: names.QUEUE,
      STATE_BUCKET: names.stateBucket(config),
      ...workflows(config),
    } satisfies ProducerControlVariables,
    timeoutSeconds: CONTROL_SECONDS,
    concurrency: 80,
    ...SMALL,
  };
}

export function consumerSettings(config: ProducerConfig): RoleSettings {
  const { consumerRunCommand, producerMount } = config;
  return {
    description: "Runs the tools that events ask for",
    env: {
      GOOGLE_CLOUD_PROJECT: config.project,
      AUDIENCE: run.serviceUrl(names.FUNCTIONS.consumer, config),
      CALLER_SA: iam.accountEmail(names.FUNCTIONS.bridge, config),
      PRIVATE: "true",
      RUN_COMMAND_ENABLED: flag(consumerRunCommand),
      ...work(config),
      WORK_ROOT: producerMount ? MOUNT_PATH : CONSUMER_FOLDER,
    } satisfies ConsumerVariables,
    secretEnv: { SERVICE_AUTH_TOKEN: { secret: names.AUTH_TOKEN, version: "latest" } },
    timeoutSeconds: CONSUMER_SECONDS,
    // What a command of one tenant starts is not to meet one of another.
    concurrency: consumerRunCommand ? 1 : CONSUMER_CONCURRENCY,
    memory: "1Gi",
    cpu: "1",
  };
}

function workflows(config: ProducerConfig) {
  return {
    WORKFLOWS_BASE_URL: config.producerWorkflowsUrl,
    WORKFLOWS_AUDIENCE: config.producerWorkflowsAudience || config.producerWorkflowsUrl,
  };
}

/** What both sides have to agree on. */
function work(config: ProducerConfig) {
  return {
    GCS_BUCKET: names.workBucket(config),
    GCS_PREFIX_TEMPLATE: config.producerPrefixTemplate,
    GCS_ENABLE_UPLOAD: flag(config.producerUpload),
    GCS_DEBUG: flag(config.producerStorageDebug),
  };
}

function flag(isOn: boolean): string {
  return isOn ? "1" : "0";
}
