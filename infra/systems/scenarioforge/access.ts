/** Who may do what in scenarioforge: the rows from which its bindings are made, and the role that they need of the project's own. */
import { rowsOf, type AccessRow, type CustomRole } from "../../access.ts";
import type { Condition } from "../../google/condition.ts";
import * as iam from "../../google/iam/kinds.ts";
import * as run from "../../google/run/kinds.ts";
import * as secrets from "../../google/secrets/kinds.ts";
import * as storage from "../../google/storage/kinds.ts";
import * as tasks from "../../google/tasks/kinds.ts";
import { hasApiKeys, type ScenarioforgeConfig } from "./config.ts";
import * as names from "./names.ts";

const row = rowsOf(names.SYSTEM);

const TASKS = "cloud.google.com/tasks/docs/creating-http-target-tasks#sa";
const SECRETS = "scenarioforge document, Required env vars (GEMINI_API_KEY via Secret Manager)";
const OWN_SECRETS = "cloud.google.com/secret-manager/docs/access-control";
const BUCKET = "scenarioforge document, Bucket setup + IAM";
const DEPLOY = "scenarioforge document, Deploy";

/**
 * Creator and viewer, the document's minimum, cannot overwrite: that needs storage.objects.delete, and run.json changes
 * with every node. Its other choice, objectAdmin, may open objects to others.
 */
export const RUNS_ROLE: CustomRole = {
  id: names.RUNS_ROLE,
  title: "scenarioforge's runs",
  why: "overwriting needs objects.delete, which creator and viewer lack; objectUser may move and restore, objectAdmin set policies",
  permissions: [
    "storage.objects.create",
    "storage.objects.delete",
    "storage.objects.get",
    "storage.objects.list",
  ],
};

/** The rows of a stack. Pure. */
export function scenarioforgeRows(config: ScenarioforgeConfig): readonly AccessRow[] {
  return [
    ...Object.values(names.FUNCTIONS).flatMap((name) => [
      ...runsRows(name, config),
      ...taskRows(name, config),
      ...secretRows(name, config),
    ]),
    ...callerRows(config),
    ...peopleRows(config),
  ];
}

/** A condition on a prefix never holds for a list, which is judged on the bucket: that is a row of its own. */
function runsRows(name: string, config: ScenarioforgeConfig): AccessRow[] {
  const account = iam.accountMember(name, config);
  const role = iam.customRole.of(names.RUNS_ROLE, config);
  const { runs } = resources(config);
  return [
    row(
      account,
      role,
      runs,
      "keeps runs in it and overwrites them, which creator and viewer could not",
      BUCKET,
      runsCondition(config),
    ),
    row(account, role, runs, "lists runs in it", BUCKET, listingCondition(config)),
  ];
}

function runsCondition(config: ScenarioforgeConfig): Condition {
  const prefix = `${resources(config).runs}/objects/${config.scenarioRunsPrefix}/`;
  return { title: "runs", expression: `resource.name.startsWith('${prefix}')` };
}

function listingCondition(config: ScenarioforgeConfig): Condition {
  return { title: "listing", expression: `resource.name == '${resources(config).runs}'` };
}

function taskRows(name: string, config: ScenarioforgeConfig): AccessRow[] {
  const account = iam.accountMember(name, config);
  const { queue, taskAccount } = resources(config);
  const what =
    name === names.FUNCTIONS.api
      ? "queues runs' first nodes and sweeps on it"
      : "queues runs' next nodes on it";
  return [
    row(account, "cloudtasks.enqueuer", queue, what, TASKS),
    row(account, "iam.serviceAccountUser", taskAccount, "queues tasks that carry it", TASKS),
  ];
}

function secretRows(name: string, config: ScenarioforgeConfig): AccessRow[] {
  const account = iam.accountMember(name, config);
  const { secret } = resources(config);
  const isApi = name === names.FUNCTIONS.api;
  const reads = (id: string, why: string, source: string) =>
    row(account, "secretmanager.secretAccessor", secret(id), why, source);
  return [
    reads(
      names.GEMINI_API_KEY,
      isApi ? "spends it on questions about runs" : "spends it on live runs",
      SECRETS,
    ),
    reads(
      names.SEAL_KEY,
      isApi ? "seals callers' own LLM keys with it" : "opens callers' own LLM keys with it",
      OWN_SECRETS,
    ),
    ...(isApi && hasApiKeys(config)
      ? [reads(names.API_KEYS, "tells callers by what is in it", OWN_SECRETS)]
      : []),
  ];
}

function callerRows(config: ScenarioforgeConfig): AccessRow[] {
  const { service } = resources(config);
  return [
    row(
      iam.accountMember(names.TASKS, config),
      "run.invoker",
      service(names.FUNCTIONS.worker),
      "delivers nodes and sweeps to it",
      TASKS,
    ),
    row(
      "allUsers",
      "run.invoker",
      service(names.FUNCTIONS.api),
      "reads completed runs; whatever else needs a key of its own",
      `${DEPLOY} (--allow-unauthenticated)`,
    ),
  ];
}

function peopleRows(config: ScenarioforgeConfig): AccessRow[] {
  const { queue, service } = resources(config);
  return config.operators.flatMap((member) => [
    row(member, "cloudtasks.viewer", queue, "looks at its tasks", TASKS),
    ...Object.values(names.FUNCTIONS).map((name) =>
      row(member, "run.viewer", service(name), "looks up its URL", DEPLOY),
    ),
  ]);
}

function resources(config: ScenarioforgeConfig) {
  return {
    queue: tasks.queue.of(names.QUEUE, config),
    taskAccount: iam.accountName(names.TASKS, config),
    runs: storage.bucket.of(names.runsBucket(config)),
    secret: (id: string) => secrets.secret.of(id, config),
    service: (name: string) => run.service.of(name, config),
  };
}
