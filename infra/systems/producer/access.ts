/** Who may do what in the producer's system: the rows from which its bindings are made. */
import { rowsOf, type AccessRow } from "../../access.ts";
import type { Condition } from "../../google/condition.ts";
import * as iam from "../../google/iam/kinds.ts";
import * as run from "../../google/run/kinds.ts";
import * as secrets from "../../google/secrets/kinds.ts";
import * as storage from "../../google/storage/kinds.ts";
import * as tasks from "../../google/tasks/kinds.ts";
import type { ProducerConfig } from "./config.ts";
import * as names from "./names.ts";
import { listingCondition, tenantConditions } from "./tenants.ts";

const row = rowsOf(names.SYSTEM);

const TASKS = "cloud.google.com/tasks/docs/creating-http-target-tasks#sa";
const STORAGE = "cloud.google.com/storage/docs/access-control/iam-roles";
const SECRETS = "cloud.google.com/secret-manager/docs/access-control";

/** The rows of a stack. Pure. */
export function producerRows(config: ProducerConfig): readonly AccessRow[] {
  return [
    ...bridgeRows(config),
    ...tokenRows(config),
    ...mountRows(config),
    ...controlRows(config),
    ...consumerRows(config),
    ...callerRows(config),
    ...peopleRows(config),
  ];
}

function bridgeRows(config: ProducerConfig): AccessRow[] {
  const bridge = iam.accountMember(names.FUNCTIONS.bridge, config);
  const { queue, taskAccount, state, token, service } = resources(config);
  return [
    row(bridge, "cloudtasks.enqueuer", queue, "queues its successor on it", TASKS),
    row(bridge, "iam.serviceAccountUser", taskAccount, "queues tasks that carry it", TASKS),
    row(
      bridge,
      "storage.objectUser",
      state,
      "keeps its status and dead letters in it, and takes orders from it",
      STORAGE,
    ),
    row(bridge, "secretmanager.secretAccessor", token, "shows the consumer what is in it", SECRETS),
    ...(isOwnConsumer(config)
      ? [
          row(
            bridge,
            "run.invoker",
            service(names.FUNCTIONS.consumer),
            "has tools run by it",
            "producer document, Security notes",
          ),
        ]
      : []),
  ];
}

/** What the tokens for the consumer are cut from: none can do more than these. */
function tokenRows(config: ProducerConfig): AccessRow[] {
  const bridge = iam.accountMember(names.FUNCTIONS.bridge, config);
  const bucket = names.workBucket(config);
  const { work } = resources(config);
  const role = config.producerUpload ? "storage.objectUser" : "storage.objectViewer";
  const what = config.producerUpload
    ? "makes tokens of it that read and write"
    : "makes tokens of it that read";
  const source = config.producerUpload
    ? "producer document, Notes on Cloud Storage mounts (objectAdmin: no more than this of it is used)"
    : "producer document, Troubleshooting GCS 403";
  if (config.producerTenants.length === 0) return [row(bridge, role, work, what, source)];
  return [
    ...tenantConditions(bucket, config.producerTenants).map((condition) =>
      row(bridge, role, work, what, source, condition),
    ),
    row(
      bridge,
      "storage.objectViewer",
      work,
      "makes tokens of it that list",
      source,
      listingCondition(bucket),
    ),
  ];
}

/** The volume is read and written as the instance's own account, whatever a token allows. */
function mountRows(config: ProducerConfig): AccessRow[] {
  if (!config.producerMount) return [];
  const bucket = names.workBucket(config);
  const { work } = resources(config);
  const folder = config.producerMountOnlyDir;
  const conditions =
    folder === "" ? [undefined] : [mountCondition(bucket, folder), listingCondition(bucket)];
  // Then what its tokens are cut from says the same.
  const hasItAll = config.producerUpload && config.producerTenants.length === 0 && folder === "";
  const mounted = [
    ...(hasItAll ? [] : [names.FUNCTIONS.bridge]),
    ...(isOwnConsumer(config) ? [names.FUNCTIONS.consumer] : []),
  ];
  return mounted.flatMap((name) =>
    conditions.map((condition) =>
      row(
        iam.accountMember(name, config),
        "storage.objectUser",
        work,
        "has it mounted at /mnt/work",
        "producer document, Notes on Cloud Storage mounts",
        condition,
      ),
    ),
  );
}

function mountCondition(bucket: string, folder: string): Condition {
  const expression = `resource.name.startsWith('projects/_/buckets/${bucket}/objects/${folder}/')`;
  return { title: "mount", expression };
}

function controlRows(config: ProducerConfig): AccessRow[] {
  const control = iam.accountMember(names.FUNCTIONS.control, config);
  const { queue, taskAccount, state } = resources(config);
  return [
    row(control, "cloudtasks.enqueuer", queue, "queues starts on it", TASKS),
    row(control, "iam.serviceAccountUser", taskAccount, "queues tasks that carry it", TASKS),
    row(
      control,
      "storage.objectUser",
      state,
      "reads status and dead letters in it, and leaves orders",
      STORAGE,
    ),
  ];
}

function consumerRows(config: ProducerConfig): AccessRow[] {
  if (!isOwnConsumer(config)) return [];
  const consumer = iam.accountMember(names.FUNCTIONS.consumer, config);
  return [
    row(
      consumer,
      "secretmanager.secretAccessor",
      resources(config).token,
      "tells the producer by what is in it",
      SECRETS,
    ),
  ];
}

function callerRows(config: ProducerConfig): AccessRow[] {
  const { service } = resources(config);
  return [
    row(
      iam.accountMember(names.TASKS, config),
      "run.invoker",
      service(names.FUNCTIONS.bridge),
      "delivers starts and successors to it",
      "producer document, Security notes",
    ),
    ...config.producerCallers.map((member) =>
      row(
        member,
        "run.invoker",
        service(names.FUNCTIONS.control),
        "starts and stops bridges through it",
        "producer document, Security notes",
      ),
    ),
  ];
}

function peopleRows(config: ProducerConfig): AccessRow[] {
  const { queue, service } = resources(config);
  const functions = [
    names.FUNCTIONS.bridge,
    names.FUNCTIONS.control,
    ...(isOwnConsumer(config) ? [names.FUNCTIONS.consumer] : []),
  ];
  return config.operators.flatMap((member) => [
    row(member, "cloudtasks.viewer", queue, "looks at its tasks", TASKS),
    ...functions.map((name) =>
      row(
        member,
        "run.viewer",
        service(name),
        "looks up its URL",
        "producer document, Cloud Run deployment",
      ),
    ),
  ]);
}

/** Whether the consumer is this stack's own. */
export function isOwnConsumer({ producerConsumerUrl }: ProducerConfig): boolean {
  return producerConsumerUrl === "";
}

function resources(config: ProducerConfig) {
  return {
    queue: tasks.queue.of(names.QUEUE, config),
    taskAccount: iam.accountName(names.TASKS, config),
    work: storage.bucket.of(names.workBucket(config)),
    state: storage.bucket.of(names.stateBucket(config)),
    token: secrets.secret.of(names.AUTH_TOKEN, config),
    service: (name: string) => run.service.of(name, config),
  };
}
