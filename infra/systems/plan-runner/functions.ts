/** What the plan runner's four functions are told and given. Pure. */
import type { PlanAppVariables } from "../../../functions/plan-app/env.ts";
import type { PlanDeadletterVariables } from "../../../functions/plan-deadletter/env.ts";
import type { PlanExecutorVariables } from "../../../functions/plan-executor/env.ts";
import type { PlanRunnerVariables } from "../../../functions/plan-runner/env.ts";
import type { RoleSettings } from "../../components/role-settings.ts";
import type { PlanRunnerConfig } from "./config.ts";
import * as iam from "../../google/iam/kinds.ts";
import * as run from "../../google/run/kinds.ts";
import * as secrets from "../../google/secrets/kinds.ts";
import * as names from "./names.ts";
import { providerObject, tofuObject, toolsBucket } from "./tools.ts";

/** Google's most for an acknowledgement, and with it for a delivery. Source: google/pubsub/v1/pubsub.proto, ack_deadline_seconds. */
export const DELIVERY_SECONDS = 600;
/** Of a delivery, a minute is for the comment. */
const PLAN_SECONDS = "540";
/** Of a function that only asks others. */
export const SHORT_SECONDS = 60;
const SMALL = { memory: "512Mi", cpu: "1" } as const;

export function planFunctions(config: PlanRunnerConfig): names.Each<RoleSettings> {
  return {
    app: app(config),
    runner: runner(config),
    executor: executor(config),
    deadletter: deadletter(config),
  };
}

function app(config: PlanRunnerConfig) {
  return {
    description: "Turns GitHub's webhooks into plan requests",
    env: {
      PROJECT_ID: config.project,
      PUBSUB_TOPIC_PLAN: names.TOPIC,
      GITHUB_APP_ID: config.githubAppId,
      GITHUB_API_BASE_URL: config.githubApiBaseUrl,
      APP_KEY_SECRET: appKey(config),
      STATE_BUCKET: names.stateBucket(config),
    } satisfies Omit<PlanAppVariables, "GITHUB_WEBHOOK_SECRET">,
    secretEnv: { GITHUB_WEBHOOK_SECRET: { secret: names.WEBHOOK_SECRET, version: "latest" } },
    timeoutSeconds: SHORT_SECONDS,
    // A webhook has up to 25 MB (docs.github.com/webhooks/webhook-events-and-payloads#payload-cap), and its signature can be
    // checked only once it is there. While its pieces are joined it takes twice that: 4 x 50 MB, and as much again for one
    // that is parsed, leave most of 1 GiB to the program.
    concurrency: 4,
    maxInstances: 10,
    memory: "1Gi",
    cpu: "1",
  } as const;
}

function runner(config: PlanRunnerConfig) {
  return {
    description: "Has a commit planned and writes the comment",
    env: {
      PROJECT_ID: config.project,
      GITHUB_APP_ID: config.githubAppId,
      GITHUB_API_BASE_URL: config.githubApiBaseUrl,
      APP_KEY_SECRET: appKey(config),
      STATE_BUCKET: names.stateBucket(config),
      CHECKOUTS_BUCKET: names.checkoutsBucket(config),
      EXECUTOR_URL: run.serviceUrl(names.FUNCTIONS.executor, config),
      AUDIENCE: run.serviceUrl(names.FUNCTIONS.runner, config),
      PUSH_SA: iam.accountEmail(names.PUSH, config),
      DEADLETTER_SA: iam.accountEmail(names.FUNCTIONS.deadletter, config),
      PRIVATE: "true",
      PLAN_SECONDS,
      PLAN_LINKS: config.planReaders.length > 0 ? "true" : "false",
    } satisfies PlanRunnerVariables,
    timeoutSeconds: DELIVERY_SECONDS,
    // It holds a plan's text in memory, and Pub/Sub brings what an instance has no room for to another one.
    concurrency: 1,
    maxInstances: config.planMaxInstances,
    ...SMALL,
  };
}

function executor(config: PlanRunnerConfig) {
  return {
    description: "Runs OpenTofu on a commit",
    env: {
      PROJECT_ID: config.project,
      CHECKOUTS_BUCKET: names.checkoutsBucket(config),
      AUDIENCE: run.serviceUrl(names.FUNCTIONS.executor, config),
      CALLER_SA: iam.accountEmail(names.FUNCTIONS.runner, config),
      PRIVATE: "true",
      PLAN_SECONDS,
      TOOLS_BUCKET: toolsBucket(config),
      TOFU_OBJECT: tofuObject(config.tofuVersion),
      TOFU_SHA256: config.tofuSha256,
      PROVIDER_OBJECTS: JSON.stringify(config.planProviders.map(providerObject)),
      PROVIDERS_STRICT: config.planProvidersStrict ? "true" : "false",
      ALLOWED_PROVIDERS: JSON.stringify(config.planAllowedProviders),
      ALLOWED_PLACES: JSON.stringify(config.planAllowedPlaces),
      PLAN_ENVIRONMENT: JSON.stringify(config.planEnvironment),
    } satisfies PlanExecutorVariables,
    timeoutSeconds: DELIVERY_SECONDS,
    // A plan takes what memory it finds, and may leave behind what the next one must not see.
    concurrency: 1,
    maxInstances: config.planMaxInstances,
    memory: config.planMemory,
    cpu: String(config.planCpu),
  };
}

function deadletter(config: PlanRunnerConfig) {
  return {
    description: "Has the runner say that it gave up",
    env: {
      PROJECT_ID: config.project,
      AUDIENCE: run.serviceUrl(names.FUNCTIONS.deadletter, config),
      PUSH_SA: iam.accountEmail(names.PUSH, config),
      PRIVATE: "true",
      STATE_BUCKET: names.stateBucket(config),
      RUNNER_URL: run.serviceUrl(names.FUNCTIONS.runner, config),
    } satisfies PlanDeadletterVariables,
    timeoutSeconds: SHORT_SECONDS,
    concurrency: 10,
    maxInstances: config.planMaxInstances,
    ...SMALL,
  };
}

function appKey(config: PlanRunnerConfig): string {
  return `${secrets.secret.of(names.APP_KEY, config)}/versions/latest`;
}
