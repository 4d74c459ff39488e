/** What the run API and its worker are told and given. Pure. */
import type { ScenarioforgeVariables } from "../../../functions/scenarioforge/env.ts";
import type { ScenarioforgeWorkerVariables } from "../../../functions/scenarioforge-worker/env.ts";
import type { RoleSettings } from "../../components/role-settings.ts";
import * as iam from "../../google/iam/kinds.ts";
import * as run from "../../google/run/kinds.ts";
import { hasApiKeys, type ScenarioforgeConfig } from "./config.ts";
import * as names from "./names.ts";

/** Source: scenarioforge document, Required env vars. Nothing is kept there. */
const RUNS_DIR = "/tmp/scenarioops/runs";
/** Of a build that waits for its run. */
const WAIT_SECONDS = 240;
const API_SECONDS = 300;
/** One attempt of a node, with all that a model is asked in it. */
const NODE_SECONDS = 600;

type InSecrets = "GEMINI_API_KEY" | "SEAL_KEY" | "SCENARIOOPS_API_KEYS";

export function apiSettings(config: ScenarioforgeConfig): RoleSettings {
  return {
    description: "Launches runs, shows them and deletes them",
    env: {
      ...shared(config),
      SCENARIOOPS_AUTH_REQUIRED: config.scenarioAuthRequired ? "1" : "0",
      WAIT_SECONDS: String(WAIT_SECONDS),
    } satisfies Omit<ScenarioforgeVariables, InSecrets>,
    secretEnv: {
      ...sharedSecrets(),
      ...(hasApiKeys(config) && { SCENARIOOPS_API_KEYS: latest(names.API_KEYS) }),
    },
    timeoutSeconds: API_SECONDS,
    // Most wait for Cloud Storage or a run. Uploads are in memory, each at most the 32 MiB that Cloud Run lets in
    // (cloud.google.com/run/quotas): 40 of them leave room for the program.
    concurrency: 40,
    memory: "2Gi",
    cpu: "1",
  };
}

export function workerSettings(config: ScenarioforgeConfig): RoleSettings {
  return {
    description: "Runs the nodes of runs",
    env: {
      ...shared(config),
      AUDIENCE: run.serviceUrl(names.FUNCTIONS.worker, config),
      PRIVATE: "true",
      RUN_MAX_TOKENS: String(config.scenarioRunMaxTokens),
    } satisfies Omit<ScenarioforgeWorkerVariables, InSecrets>,
    secretEnv: sharedSecrets(),
    timeoutSeconds: NODE_SECONDS,
    // An answer of Gemini's has at most 16 MiB, and is parsed.
    concurrency: 8,
    memory: "1Gi",
    cpu: "1",
  };
}

/** What both roles have to agree on. */
function shared(config: ScenarioforgeConfig) {
  return {
    GOOGLE_CLOUD_PROJECT: config.project,
    RUN_STORE: "gcs",
    RUNS_DIR,
    GCS_BUCKET: names.runsBucket(config),
    RUNS_PREFIX: config.scenarioRunsPrefix,
    VECTOR_STORE: config.scenarioVectorStore,
    GEMINI_MODEL: config.scenarioModel,
    GEMINI_EMBED_MODEL: config.scenarioEmbedModel,
    SCENARIOOPS_VERSION: config.scenarioVersion,
    SCENARIOOPS_PIPELINE_VERSION: config.scenarioPipelineVersion,
    SCENARIOOPS_SCENARIO_VERSION: config.scenarioConfigVersion,
    SCENARIOOPS_PACK_VERSION: config.scenarioPackVersion,
    SCENARIOOPS_DEFAULT_TENANT: config.scenarioDefaultTenant,
    TASKS_REGION: config.region,
    QUEUE: names.QUEUE,
    WORKER_URL: run.serviceUrl(names.FUNCTIONS.worker, config),
    CALLER_SA: iam.accountEmail(names.TASKS, config),
    NODE_TIMEOUT_SECONDS: String(NODE_SECONDS),
  };
}

function sharedSecrets() {
  return {
    GEMINI_API_KEY: latest(names.GEMINI_API_KEY),
    SEAL_KEY: latest(names.SEAL_KEY),
  };
}

function latest(secret: string) {
  return { secret, version: "latest" } as const;
}
