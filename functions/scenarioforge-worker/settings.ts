import type { ScenarioforgeWorkerEnv } from "./env.ts";
import type { WorkerSettings } from "./ports.ts";

/** What an attempt leaves of its task's deadline, to say how it ended. */
const TO_END_SECONDS = 10;
const LEAST_SECONDS = 5;

export function settingsOf(env: ScenarioforgeWorkerEnv): WorkerSettings {
  const { NODE_LEASE_SECONDS: leaseSeconds, NODE_TIMEOUT_SECONDS: taskSeconds } = env;
  return {
    term: { seconds: leaseSeconds, renewSeconds: env.NODE_LEASE_RENEW_SECONDS },
    maxAttempts: env.NODE_MAX_ATTEMPTS,
    // It may have waited for the lease of one that was killed before.
    timeoutSeconds: Math.max(LEAST_SECONDS, taskSeconds - leaseSeconds - TO_END_SECONDS),
    runLeaseSeconds: env.RUN_LEASE_SECONDS,
    sealKey: env.SEAL_KEY,
    key: env.GEMINI_API_KEY === "" ? undefined : env.GEMINI_API_KEY,
    budget: { requests: env.RUN_MAX_REQUESTS, tokens: env.RUN_MAX_TOKENS },
  };
}
