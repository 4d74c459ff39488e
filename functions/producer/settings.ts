import type { ProducerEnv } from "./env.ts";
import type { Settings } from "./ports.ts";

/** What the environment says, in the units of the logic. */
export function settingsOf(env: ProducerEnv): Settings {
  return {
    workflows: { baseUrl: env.WORKFLOWS_BASE_URL, audience: env.WORKFLOWS_AUDIENCE },
    consumer: {
      baseUrl: env.CONSUMER_BASE_URL,
      audience: env.CONSUMER_ID_TOKEN ? env.CONSUMER_AUDIENCE : undefined,
      secret: env.SERVICE_AUTH_TOKEN,
    },
    consumerId: env.CONSUMER_ID,
    leaseSeconds: env.LOCK_LEASE_MS / 1000,
    heartbeatSeconds: env.EVENTS_HEARTBEAT_MS / 1000,
    backoffSeconds: env.RECONNECT_BACKOFF_MS / 1000,
    lookbackSeconds: env.START_LOOKBACK_MS / 1000,
    sinceId: env.SINCE_ID,
    sinceTime: env.SINCE_TIME,
    maxQueued: env.EVENT_QUEUE_MAX,
    maxAttempts: env.EVENT_ATTEMPTS,
    toolSeconds: env.TOOL_TIMEOUT_SECONDS,
    idleSeconds: env.IDLE_SHUTDOWN_MS / 1000,
    shutdownSeconds: env.SHUTDOWN_TIMEOUT_MS / 1000,
    watchSeconds: env.WATCH_SECONDS,
    timeoutSeconds: env.TIMEOUT_SECONDS,
    marginSeconds: env.RUN_MARGIN_SECONDS,
  };
}
