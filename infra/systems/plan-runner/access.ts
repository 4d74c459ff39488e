/** Who may do what in the plan runner's system: the rows from which its bindings are made. */
import { rowsOf, type AccessRow } from "../../access.ts";
import { agentMember } from "../../google/agent.ts";
import type { PlanRunnerConfig } from "./config.ts";
import * as iam from "../../google/iam/kinds.ts";
import * as projects from "../../google/project/kinds.ts";
import * as pubsub from "../../google/pubsub/kinds.ts";
import * as run from "../../google/run/kinds.ts";
import * as secrets from "../../google/secrets/kinds.ts";
import * as storage from "../../google/storage/kinds.ts";
import * as names from "./names.ts";
import { toolsBucket } from "./tools.ts";

export const SYSTEM = "plan-runner";

const row = rowsOf(SYSTEM);

export const IDENTITIES = {
  [names.FUNCTIONS.app]: "Takes GitHub's webhooks: publishes plan requests",
  [names.FUNCTIONS.runner]: "Has plans made and writes them on pull requests",
  [names.FUNCTIONS.executor]: "Runs OpenTofu: whatever it may do, plans may do",
  [names.FUNCTIONS.deadletter]: "Has the runner say that it gave up",
  [names.PUSH]: "Whom Pub/Sub's deliveries carry: calls what they go to",
};

const CALL = "cloud.google.com/run/docs/authenticating/service-to-service";
const PUBLIC = "cloud.google.com/run/docs/authenticating/public";
const DEAD_LETTERS = "cloud.google.com/pubsub/docs/handling-failures";
const PUSH = "cloud.google.com/pubsub/docs/authenticate-push-subscriptions";
const SECRETS = "cloud.google.com/secret-manager/docs/access-control";
const STORAGE = "cloud.google.com/storage/docs/access-control/iam-roles";

/** The rows of a stack. Pure. */
export function planRunnerRows(config: PlanRunnerConfig): readonly AccessRow[] {
  return [
    ...appRows(config),
    ...runnerRows(config),
    ...executorRows(config),
    ...deadletterRows(config),
    ...pushRows(config),
    ...peopleRows(config),
  ];
}

function appRows(config: PlanRunnerConfig): AccessRow[] {
  const app = iam.accountMember(names.FUNCTIONS.app, config);
  const { service, topic, state, appKey, webhookSecret } = resources(config);
  return [
    row(
      app,
      "pubsub.publisher",
      topic,
      "publishes plan requests to it",
      "plan-runner document, IAM",
    ),
    row(app, "secretmanager.secretAccessor", appKey, "reads the App's key from it", SECRETS),
    row(app, "secretmanager.secretAccessor", webhookSecret, "checks signatures with it", SECRETS),
    // Both together: the first cannot read, the second cannot write, and neither can overwrite.
    row(
      app,
      "storage.objectCreator",
      state,
      "remembers deliveries in it",
      STORAGE,
      storage.inFolders(state, "deliveries"),
    ),
    row(
      app,
      "storage.objectViewer",
      state,
      "looks deliveries and finished plans up in it",
      STORAGE,
      storage.inFolders(state, "deliveries", "results"),
    ),
    row(
      "allUsers",
      "run.invoker",
      service(names.FUNCTIONS.app),
      "delivers webhooks to it; only signed ones count",
      PUBLIC,
    ),
  ];
}

function runnerRows(config: PlanRunnerConfig): AccessRow[] {
  const runner = iam.accountMember(names.FUNCTIONS.runner, config);
  const { service, state, checkouts, appKey } = resources(config);
  return [
    row(runner, "secretmanager.secretAccessor", appKey, "reads the App's key from it", SECRETS),
    row(
      runner,
      "storage.objectUser",
      state,
      "keeps leases, what it knows of checkouts, results and long plans in it",
      STORAGE,
      storage.inFolders(state, "leases", "checkouts", "results", "plans"),
    ),
    row(runner, "storage.objectCreator", checkouts, "keeps commits' archives in it", STORAGE),
    row(runner, "run.invoker", service(names.FUNCTIONS.executor), "asks it for plans", CALL),
  ];
}

/** What runs inside a plan can do whatever this account may: of itself no secret, and nothing of the state bucket. */
function executorRows(config: PlanRunnerConfig): AccessRow[] {
  const executor = iam.accountMember(names.FUNCTIONS.executor, config);
  const { project, tools, checkouts } = resources(config);
  return [
    // Objects by their names, and no list of these: a plan knows the name of its own repository's archive.
    row(
      executor,
      "storage.legacyObjectReader",
      checkouts,
      "fetches the archive that it is told from it; it cannot list them",
      STORAGE,
    ),
    row(executor, "storage.objectViewer", tools, "fetches OpenTofu and providers from it", STORAGE),
    ...config.planExecutorRoles.map((role): AccessRow => ({
      kind: "deploy",
      system: SYSTEM,
      principal: executor,
      role,
      resource: project,
      why: "plans with it, as planExecutorRoles says",
      source: "plan-runner document, Summary",
    })),
  ];
}

function deadletterRows(config: PlanRunnerConfig): AccessRow[] {
  const deadletter = iam.accountMember(names.FUNCTIONS.deadletter, config);
  const { service, state } = resources(config);
  return [
    row(
      deadletter,
      "storage.objectViewer",
      state,
      "looks in it whether a plan was finished",
      STORAGE,
      storage.inFolders(state, "results"),
    ),
    row(
      deadletter,
      "run.invoker",
      service(names.FUNCTIONS.runner),
      "asks it to give up on a plan",
      CALL,
    ),
  ];
}

function pushRows(config: PlanRunnerConfig): AccessRow[] {
  const push = iam.accountMember(names.PUSH, config);
  const agent = agentMember(pubsub.agent, config);
  const { service, pushAccount, deadLetterTopic, subscription } = resources(config);
  return [
    row(
      push,
      "run.invoker",
      service(names.FUNCTIONS.runner),
      "delivers plan requests to it",
      "plan-runner document, IAM",
    ),
    row(
      push,
      "run.invoker",
      service(names.FUNCTIONS.deadletter),
      "delivers dead letters to it",
      PUSH,
    ),
    row(
      agent,
      "pubsub.publisher",
      deadLetterTopic,
      "forwards what nobody took to it",
      DEAD_LETTERS,
    ),
    row(agent, "pubsub.subscriber", subscription, "takes what it forwarded off it", DEAD_LETTERS),
    ...(config.planTokenCreator
      ? [row(agent, "iam.serviceAccountTokenCreator", pushAccount, "signs ID tokens for it", PUSH)]
      : []),
  ];
}

function peopleRows(config: PlanRunnerConfig): AccessRow[] {
  const { service, state, topics, subscriptions } = resources(config);
  const viewer = (member: string) => [
    ...topics.map((topic) =>
      row(
        member,
        "pubsub.viewer",
        topic,
        "looks who subscribes to it",
        "plan-runner document, Deployment 2",
      ),
    ),
    ...subscriptions.map((subscription) =>
      row(
        member,
        "pubsub.viewer",
        subscription,
        "looks where it delivers",
        "plan-runner document, Deployment 2",
      ),
    ),
    ...Object.values(names.FUNCTIONS).map((name) =>
      row(
        member,
        "run.viewer",
        service(name),
        "looks up its URL",
        "plan-runner document, Example commands",
      ),
    ),
  ];
  return [
    ...config.planReaders.map((member) =>
      row(
        member,
        "storage.objectViewer",
        state,
        "reads long plans in it",
        STORAGE,
        storage.inFolders(state, "plans"),
      ),
    ),
    ...config.operators.flatMap(viewer),
  ];
}

function resources(config: PlanRunnerConfig) {
  const topic = pubsub.topic.of(names.TOPIC, config);
  const deadLetterTopic = pubsub.topic.of(names.DEAD_LETTER_TOPIC, config);
  const subscription = pubsub.subscription.of(names.SUBSCRIPTION, config);
  return {
    project: projects.project.of(config.project),
    service: (name: string) => run.service.of(name, config),
    topic,
    deadLetterTopic,
    topics: [topic, deadLetterTopic],
    subscription,
    subscriptions: [subscription, pubsub.subscription.of(names.DEAD_LETTER_SUBSCRIPTION, config)],
    pushAccount: iam.accountName(names.PUSH, config),
    appKey: secrets.secret.of(names.APP_KEY, config),
    webhookSecret: secrets.secret.of(names.WEBHOOK_SECRET, config),
    state: storage.bucket.of(names.stateBucket(config)),
    checkouts: storage.bucket.of(names.checkoutsBucket(config)),
    tools: storage.bucket.of(toolsBucket(config)),
  };
}
