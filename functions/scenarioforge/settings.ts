import { PROMPT_HASHES } from "../scenarios/prompts/index.ts";
import { promptManifestSha256 } from "../scenarios/signature.ts";
import type { ScenarioforgeEnv } from "./env.ts";
import type { ApiSettings } from "./ports.ts";

export function settingsOf(env: ScenarioforgeEnv): ApiSettings {
  return {
    versions: {
      pipeline: env.SCENARIOOPS_PIPELINE_VERSION,
      app: env.SCENARIOOPS_VERSION,
      scenarioConfig: env.SCENARIOOPS_SCENARIO_VERSION,
      pack: env.SCENARIOOPS_PACK_VERSION,
      promptManifestSha256: promptManifestSha256(PROMPT_HASHES),
    },
    location: `gs://${env.GCS_BUCKET}/${env.RUNS_PREFIX}`,
    prefix: env.RUNS_PREFIX,
    vectorStore: env.VECTOR_STORE,
    model: env.GEMINI_MODEL,
    embedModel: env.GEMINI_EMBED_MODEL,
    sealKey: env.SEAL_KEY,
    runLeaseSeconds: env.RUN_LEASE_SECONDS,
    waitSeconds: env.WAIT_SECONDS,
    waitPollSeconds: env.WAIT_POLL_MS / 1000,
    sweepSeconds: env.SWEEP_SECONDS,
    maxUploadBytes: env.MAX_UPLOAD_BYTES,
    maxUploadFiles: env.MAX_UPLOAD_FILES,
  };
}
